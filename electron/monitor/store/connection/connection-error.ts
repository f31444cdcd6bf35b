import { DatabaseError } from 'pg';
import { type Message, message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import { CERTIFICATE_CODES } from '../../network/certificate-error.ts';

/** The server, database and user of a connection; contains no secrets. */
export type ConnectionTarget = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
};

/** The message for a connection error, with what to do; contains no password. */
export function connectionMessage(error: unknown, target: ConnectionTarget): Message {
  const { host, user, database } = target;
  const place = placeOf(target);
  const said = errorTextOf(error);
  const certificate = certificateMessage(error, place);
  if (certificate !== null) return certificate;
  switch (codeOf(error)) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return message('database.host-not-found', { host });
    case 'ECONNREFUSED':
    case 'ENOENT':
      return message('database.no-answer', { place });
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return message('database.unreachable', { place });
    case 'NO_PASSWORD':
      return message('database.wants-password', { place, user });
    case 'NO_TLS':
      return message('database.no-tls', { place });
    case '28P01':
    case '28000':
      return message('database.user-refused', { place, user, said });
    case '3D000':
      return message('database.missing', { place, database });
    case '53300':
      return message('database.full', { place });
    case '57P01':
    case '57P02':
    case '57P03':
      return message('database.starting-or-stopping', { place });
    case '08P01':
      return message('database.connection-refused', { place, said });
    default:
      return error instanceof MessageError ? error.content : message('database.said', { said });
  }
}

/** Whether no server was reached, so that another TLS mode would not help. */
export function isUnreachable(error: unknown): boolean {
  return /^E(CONNREFUSED|TIMEDOUT|HOST|NET|NOTFOUND|NOENT|AI_AGAIN)/.test(codeOf(error) ?? '');
}

function placeOf({ host, port }: ConnectionTarget): Message {
  return host.startsWith('/')
    ? message('database.socket', { folder: host })
    : message('database.place', { host, port });
}

/** The message for an untrusted certificate; null for any other error. */
function certificateMessage(error: unknown, place: Message): Message | null {
  if (!(error instanceof Error) || !CERTIFICATE_CODES.has(codeOf(error) ?? '')) return null;
  // After a semicolon Node adds advice for people who run Node themselves.
  const [said = ''] = error.message.split(';');
  switch (codeOf(error)) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return message('database.untrusted-name', { place, said });
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return message('database.untrusted-date', { place, said });
    default:
      return message('database.untrusted-authority', { place, said });
  }
}

/**
 * Whether an error is the fault of the connection rather than of the statement: SQLSTATE classes 08 (connection
 * exception) and 57P (operator intervention), and errors of sockets and of `pg` itself, which have no SQLSTATE. A
 * server that has become read-only (25006) was demoted to a standby, so another server is the primary now.
 */
export function isConnectionLoss(error: unknown): boolean {
  if (isEndOfIdleSession(error)) return false;
  if (error instanceof DatabaseError) return /^(08|57P|25006)/.test(error.code ?? '');
  if (SOCKET_CODE.test(codeOf(error) ?? '')) return true;
  // A missing Unix socket: the code alone could also mean a missing file.
  if (error instanceof Error && 'syscall' in error && error.syscall === 'connect') return true;
  return error instanceof Error && /connection|not queryable/i.test(error.message);
}

/** Whether the connection was closed by the server or the network, rather than by our timeout. */
export function isEndedConnection(error: unknown): boolean {
  return isEndOfIdleSession(error) || (isConnectionLoss(error) && codeOf(error) !== 'ETIMEDOUT');
}

/** Whether the server ended an idle session (`idle_session_timeout`), which does not affect other connections. */
export function isEndOfIdleSession(error: unknown): boolean {
  return codeOf(error) === '57P05';
}

const SOCKET_CODE = /^E(CONN|PIPE|TIMEDOUT|HOST|NET|NOTFOUND|AI_AGAIN)/;

function codeOf(error: unknown): string | undefined {
  // Node tries all addresses of a name and aggregates their errors.
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  // Errors of `pg` itself have only a message.
  if (/client password must be a (non-empty )?string/.test(error.message)) return 'NO_PASSWORD';
  if (error.message === 'The server does not support SSL connections') return 'NO_TLS';
  return /timeout/i.test(error.message) ? 'ETIMEDOUT' : undefined;
}

/** The message of the error itself. */
function errorTextOf(error: unknown): string {
  if (error instanceof AggregateError) return errorTextOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
