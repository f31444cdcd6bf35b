/**
 * Settings of the embedded server for one desktop program: little memory, few processes, full durability. `fsync` and
 * `synchronous_commit` stay on, because the log drops what the server has committed. They are passed on the command
 * line rather than in postgresql.conf, so that each version of the program uses its own.
 */
export const SERVER_SETTINGS: readonly string[] = [
  'max_connections=20',
  'shared_buffers=32MB',
  'work_mem=8MB',
  'maintenance_work_mem=32MB',
  'huge_pages=off',
  // There are no replicas, so the WAL needs only what recovery needs.
  'wal_level=minimal',
  'max_wal_senders=0',
  'max_logical_replication_workers=0',
  'max_wal_size=256MB',
  'checkpoint_timeout=15min',
  // Queries are short: JIT compilation and parallel workers cost more than they gain.
  'jit=off',
  'max_parallel_workers_per_gather=0',
  'max_parallel_maintenance_workers=0',
  'max_worker_processes=2',
  'autovacuum_max_workers=1',
  'io_method=sync',
  'log_checkpoints=off',
  'log_min_messages=warning',
  'log_statement=none',
  // Logged statements could contain confidential values.
  'log_min_error_statement=panic',
  'timezone=UTC',
];
