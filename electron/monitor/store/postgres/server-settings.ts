/**
 * Settings of the embedded server, for one program on a desktop: little memory, few processes, nothing risked.
 * `fsync` and `synchronous_commit` stay on, because the journal forgets what the server has confirmed.
 * They are given on the command line rather than in postgresql.conf, so that a new version of the program brings its own.
 */
export const SERVER_SETTINGS: readonly string[] = [
  'max_connections=20',
  'shared_buffers=32MB',
  'work_mem=8MB',
  'maintenance_work_mem=32MB',
  'huge_pages=off',
  // No replicas, so the write-ahead log holds what recovery needs and no more.
  'wal_level=minimal',
  'max_wal_senders=0',
  'max_logical_replication_workers=0',
  'max_wal_size=256MB',
  'checkpoint_timeout=15min',
  // Queries here are short: compiling them, or running them in parallel, costs more than it brings.
  'jit=off',
  'max_parallel_workers_per_gather=0',
  'max_parallel_maintenance_workers=0',
  'max_worker_processes=2',
  'autovacuum_max_workers=1',
  'io_method=sync',
  'log_checkpoints=off',
  'log_min_messages=warning',
  'log_statement=none',
  // Statements in the log could hold what the log must not.
  'log_min_error_statement=panic',
  'timezone=UTC',
];
