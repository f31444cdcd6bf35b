import { DatabaseError } from 'pg';

/** Where we connect to, as far as it may be shown. */
export type ConnectionTarget = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
};

/** What is wrong with the connection, in a sentence that says what to do, and without a password. */
export function describeConnectionError(error: unknown, target: ConnectionTarget): string {
  const { host, port, user, database } = target;
  const place = host.startsWith('/') ? `the socket in ${host}` : `${host}, port ${port}`;
  switch (codeOf(error)) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The host "${host}" of the database was not found. Check the name in DATABASE_URL, and the network.`;
    case 'ECONNREFUSED':
    case 'ENOENT':
      return `No database answers at ${place}. Check that PostgreSQL runs there, and the address in DATABASE_URL.`;
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `The database at ${place} cannot be reached. Check the address in DATABASE_URL, the network and firewalls.`;
    case '28P01':
    case '28000':
      return `The database at ${place} refuses the user "${user}": ${messageOf(error)}. Check user and password in DATABASE_URL.`;
    case '3D000':
      return `There is no database "${database}" at ${place}. Create it, or correct the name in DATABASE_URL.`;
    case '42501':
      return `The user "${user}" may not do what is needed in "${database}": ${messageOf(error)}. Grant it the right to create tables there.`;
    case '53300':
      return `The database at ${place} takes no more connections. Raise max_connections, or end other programs' connections.`;
    case '57P01':
    case '57P02':
    case '57P03':
      return `The database at ${place} is starting or shutting down.`;
    default:
      return messageOf(error);
  }
}

/**
 * Whether the connection is at fault rather than the statement: the server's classes 08 (connection exception) and 57P
 * (operator intervention), and the errors of sockets and of `pg` itself, which have no class or a message alone.
 */
export function isConnectionLoss(error: unknown): boolean {
  if (error instanceof DatabaseError) return /^(08|57P)/.test(error.code ?? '');
  if (SOCKET_CODE.test(codeOf(error) ?? '')) return true;
  // A Unix socket that is not there: the code alone may also be that of a missing file.
  if (error instanceof Error && 'syscall' in error && error.syscall === 'connect') return true;
  return error instanceof Error && /connection|not queryable/i.test(error.message);
}

const SOCKET_CODE = /^E(CONN|PIPE|TIMEDOUT|HOST|NET|NOTFOUND|AI_AGAIN)/;

function codeOf(error: unknown): string | undefined {
  // Node tries all addresses of a name, and puts the errors of each into one.
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return /timeout/i.test(error.message) ? 'ETIMEDOUT' : undefined;
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
