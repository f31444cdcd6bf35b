import { DatabaseError, escapeIdentifier } from 'pg';
import { asSentence } from '../../../../shared/format/as-sentence.ts';
import { CERTIFICATE_CODES } from '../../network/certificate-error.ts';

/** The server, database and user of a connection; contains no secrets. */
export type ConnectionTarget = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
};

/** Describes a connection error in a sentence that says what to do; it contains no password. */
export function describeConnectionError(error: unknown, target: ConnectionTarget): string {
  const { host, user, database } = target;
  const place = placeOf(target);
  const certificate = describeServerCertificate(error, place);
  if (certificate !== null) return certificate;
  switch (codeOf(error)) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The host "${host}" of the database was not found. Check the name in the connection URL, and the network.`;
    case 'ECONNREFUSED':
    case 'ENOENT':
      return `No database answers at ${place}. Check that PostgreSQL runs there, and the address in the connection URL.`;
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `The database at ${place} cannot be reached. Check the address in the connection URL, the network and firewalls.`;
    case 'NO_PASSWORD':
      return (
        `The database at ${place} asks for the password of the user "${user}", and none is given. Write it into the ` +
        'connection URL, or into a password file that nobody else may read.'
      );
    case 'NO_TLS':
      return (
        `The database at ${place} offers no TLS, which the connection URL asks for by sslmode. Set ssl = on there, or ` +
        'use sslmode=prefer.'
      );
    case '28P01':
    case '28000':
      return `The database at ${place} refuses the user "${user}": ${messageOf(error)} Check user and password in the connection URL.`;
    case '3D000':
      return `There is no database "${database}" at ${place}. Create it, or correct the name in the connection URL.`;
    case '53300':
      return `The database at ${place} takes no more connections. Raise max_connections, or end other programs' connections.`;
    case '57P01':
    case '57P02':
    case '57P03':
      return `The database at ${place} is starting or shutting down.`;
    case '08P01':
      return `The database at ${place} refuses the connection: ${messageOf(error)} If it is a pooler, check its settings.`;
    default:
      return messageOf(error);
  }
}

/**
 * Describes a rejected statement, with the `grant` that fixes it where one does.
 *
 * @param session the user whose privileges are missing, and the schema
 */
export function describeRefusedStatement(
  error: Error,
  session: { readonly schema: string; readonly user: string } | null,
): string {
  if (session === null || codeOf(error) !== '42501') return messageOf(error);
  const [schema, user] = [escapeIdentifier(session.schema), escapeIdentifier(session.user)];
  return (
    `${messageOf(error)} Run as the owner of the tables: grant usage on schema ${schema} to ${user}; ` +
    `grant select, insert, update, delete on all tables in schema ${schema} to ${user};`
  );
}

/** Whether no server was reached, so that another TLS mode would not help. */
export function isUnreachable(error: unknown): boolean {
  return /^E(CONNREFUSED|TIMEDOUT|HOST|NET|NOTFOUND|NOENT|AI_AGAIN)/.test(codeOf(error) ?? '');
}

function placeOf({ host, port }: ConnectionTarget): string {
  return host.startsWith('/') ? `the socket in ${host}` : `${host}, port ${port}`;
}

/** Describes an message certificate; null for any other error. */
function describeServerCertificate(error: unknown, place: string): string | null {
  if (!(error instanceof Error) || !CERTIFICATE_CODES.has(codeOf(error) ?? '')) return null;
  // After a semicolon Node adds advice for people who run Node themselves.
  const [reason = ''] = error.message.split(';');
  const message = `The certificate of the database at ${place} is not trusted: ${asSentence(reason)}`;
  switch (codeOf(error)) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `${message} Connect by a name that the certificate has, or use sslmode=verify-ca.`;
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return `${message} Renew it, and check the clock of this machine.`;
    default:
      return `${message} Name the file with the certificate of its authority by sslrootcert in the connection URL.`;
  }
}

/**
 * Whether an error is the fault of the connection rather than of the statement: SQLSTATE classes 08 (connection
 * exception) and 57P (operator intervention), and errors of sockets and of `pg` itself, which have no SQLSTATE. A
 * server that has become read-only (25006) was demoted to a standby, so another one is the primary now.
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

/** The error's message as a sentence. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return messageOf(error.errors[0]);
  return asSentence(error instanceof Error ? error.message : String(error));
}
