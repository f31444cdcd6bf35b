import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import { clusterPaths } from './cluster-paths.ts';
import { EMBEDDED_USER } from './create-cluster.ts';
import { readPassword } from './embedded-password.ts';
import { readPostmasterPid } from './postmaster-pid.ts';

/** PostgreSQL's default port, which URLs may omit. */
export const DEFAULT_PORT = 5432;

/** Connection parameters of a running embedded server. */
export type EmbeddedConnection = {
  /** The folder of a Unix socket, or an address. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly password: string;
};

/**
 * Returns the connection URL of the embedded server of a data folder, for psql and other programs of the same user.
 * Throws when the server is not running.
 */
export async function embeddedConnectionUrl(dataDir: string): Promise<string> {
  const paths = clusterPaths(dataDir);
  const server = await readPostmasterPid(paths.cluster);
  if (server === null || !server.ready || !isAlive(server.pid)) {
    throw new MessageError(message('embedded.not-running', { folder: paths.cluster }));
  }
  const password = await readPassword(paths.passwordFile);
  const { socketDir, port } = server;
  const credentials = `${EMBEDDED_USER}:${encodeURIComponent(password)}`;
  if (socketDir === null) return `postgresql://${credentials}@127.0.0.1:${port}/${EMBEDDED_USER}`;
  const portSuffix = port === DEFAULT_PORT ? '' : `&port=${port}`;
  return `postgresql://${credentials}@/${EMBEDDED_USER}?host=${encodeURIComponent(socketDir)}${portSuffix}`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // The process exists but belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
