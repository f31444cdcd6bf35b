import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The paths of the embedded server. */
export type ClusterPaths = {
  /** The cluster itself: PostgreSQL's data directory. */
  readonly cluster: string;
  /** Prefix of the folders in which new clusters are created; a complete one is renamed. */
  readonly stagingPrefix: string;
  /** The password of the user `monitor`; mode 0600. */
  readonly passwordFile: string;
  /** The folder of the Unix socket. */
  readonly socketDir: string;
};

/**
 * A socket path must fit in `sockaddr_un`: 108 bytes on Linux, 104 on macOS, minus the final zero and the file name.
 */
const MAX_SOCKET_DIR_BYTES = 103 - '/.s.PGSQL.65535'.length;

export function clusterPaths(dataDir: string): ClusterPaths {
  const base = resolve(dataDir);
  const nearby = join(base, 'postgres-socket');
  return {
    cluster: join(base, 'postgres'),
    stagingPrefix: join(base, 'postgres.new-'),
    passwordFile: join(base, 'postgres-password'),
    socketDir: isUsable(nearby) ? nearby : temporarySocketDir(base),
  };
}

/** libpq treats a comma in a host as a separator and has no way to escape it. */
function isUsable(socketDir: string): boolean {
  return Buffer.byteLength(socketDir) <= MAX_SOCKET_DIR_BYTES && !socketDir.includes(',');
}

function temporarySocketDir(base: string): string {
  const hash = createHash('sha256').update(base).digest('hex').slice(0, 16);
  return join(tmpdir(), `crypto-price-monitor-${hash}`);
}
