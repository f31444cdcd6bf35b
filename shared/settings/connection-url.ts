/**
 * Parses connection URLs of PostgreSQL as libpq does:
 * https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 *
 * The text itself is never shown: when a character of the password is not escaped, a part of the password looks like a host
 * or a database. Error messages contain no part of the text, and `formatConnectionUrl` shows what was parsed.
 */
import { type Message, message } from '../messages/message.ts';
import { MessageError } from '../messages/message-error.ts';
import { type ConnectionParameters, parameterFault } from './connection-parameters.ts';

export type ConnectionUrl = {
  readonly scheme: 'postgresql' | 'postgres';
  readonly user: string | null;
  readonly password: string | null;
  /** In the order in which they are tried. An empty host and a null port stand for the defaults. */
  readonly hosts: readonly ConnectionHost[];
  readonly database: string | null;
  readonly parameters: ConnectionParameters;
};

/** A name, an address, or the directory of a Unix socket, which begins with a slash. */
export type ConnectionHost = { readonly host: string; readonly port: number | null };

/** The text is not a connection URL. The message is the predicate of "The connection URL …" and contains no part of it. */
export class ConnectionUrlError extends MessageError {
  constructor(content: Message) {
    super(content);
    this.name = 'ConnectionUrlError';
  }
}

/**
 * Parses a connection URL. Unlike libpq, which ends the password at the first `@`, it uses the last one before the host,
 * because people forget to escape it.
 *
 * @throws ConnectionUrlError with the reason, and the characters of the password that have to be escaped
 */
export function parseConnectionUrl(text: string): ConnectionUrl {
  const [, scheme, rest] = /^(postgresql|postgres):\/\/(.*)$/s.exec(text.trim()) ?? [];
  if (rest === undefined) throw new ConnectionUrlError(message('connection-url.scheme'));
  const unescaped = unescapedIn(rest);
  try {
    const url = parseRest(scheme === 'postgres' ? 'postgres' : 'postgresql', rest);
    // When the password may be split, the name of a parameter may be a part of it.
    const fault = parameterFault(url.parameters, unescaped.length === 0);
    if (fault !== null) throw new ConnectionUrlError(fault);
    return url;
  } catch (error) {
    if (!(error instanceof ConnectionUrlError) || unescaped.length === 0) throw error;
    throw new ConnectionUrlError(
      message('connection-url.unescaped-password', { fault: error.content, characters: unescaped }),
    );
  }
}

/** The message of the `ConnectionUrlError` for a text; null when the text is valid or empty. */
export function connectionUrlFault(text: string): Message | null {
  try {
    if (text.trim() !== '') parseConnectionUrl(text);
    return null;
  } catch (error) {
    if (error instanceof ConnectionUrlError) return error.content;
    throw error;
  }
}

/** The URL as it was parsed, with every part escaped. */
export function formatConnectionUrl(url: ConnectionUrl): string {
  const { scheme, user, password, hosts, database, parameters } = url;
  const credentials = `${encodeURIComponent(user ?? '')}${password === null ? '' : `:${encodeURIComponent(password)}`}`;
  const isSocket = hosts.some(({ host }) => host.startsWith('/'));
  const query = Object.entries({ ...(isSocket ? hostParameters(hosts) : {}), ...parameters });
  return [
    `${scheme}://`,
    credentials === '' ? '' : `${credentials}@`,
    isSocket ? '' : hosts.map(formatHost).join(','),
    database === null ? (isSocket ? '/' : '') : `/${encodeURIComponent(database)}`,
    query.length === 0
      ? ''
      : `?${query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`,
  ].join('');
}

function parseRest(scheme: ConnectionUrl['scheme'], rest: string): ConnectionUrl {
  const { credentials, place } = splitCredentials(rest);
  const [, hostList = '', path, query] = /^([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(place) ?? [];
  // After an unescaped slash, the rest of the password would be the database name, which is shown.
  if (path?.includes('@')) throw new ConnectionUrlError(message('connection-url.at-in-name'));
  const { host, port, user, password, dbname, ...parameters } = parseQuery(query);
  const [typedUser, typedPassword] = credentials ?? [null, null];
  return {
    scheme,
    user: user ?? typedUser,
    password: password ?? typedPassword,
    hosts: host === undefined && port === undefined ? parseHosts(hostList) : joinHosts(hostList, host, port),
    database: dbname ?? (path === undefined || path === '' ? null : decode(path)),
    parameters,
  };
}

type Credentials = readonly [user: string | null, password: string | null];

/** Splits at the last `@` outside of the path and the query. */
function splitCredentials(rest: string): { credentials: Credentials | null; place: string } {
  const beforePath = rest.slice(0, indexOr(rest, '/'));
  const beforeQuery = beforePath.slice(0, indexOr(beforePath, '?'));
  const at = beforeQuery.includes('@') ? beforeQuery.lastIndexOf('@') : beforePath.lastIndexOf('@');
  if (at === -1) return { credentials: null, place: rest };
  const [, user = '', password] = /^([^:]*)(?::(.*))?$/s.exec(rest.slice(0, at)) ?? [];
  return {
    credentials: [
      user === '' ? null : decode(user),
      password === undefined || password === '' ? null : decode(password),
    ],
    place: rest.slice(at + 1),
  };
}

function parseHosts(list: string): readonly ConnectionHost[] {
  return list.split(',').map((item) => {
    const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(item) ?? [];
    const host = bracketed ?? plain;
    if (host === undefined || plain?.includes('['))
      throw new ConnectionUrlError(message('connection-url.open-bracket'));
    return { host: checkHost(decode(host)), port: parsePort(port) };
  });
}

/** `host=` and `port=` of the query, which take precedence: lists of the same length, or one port for all hosts. */
function joinHosts(
  list: string,
  host: string | undefined,
  port: string | undefined,
): readonly ConnectionHost[] {
  const before = parseHosts(list);
  const names = host?.split(',') ?? before.map((each) => each.host);
  const ports = port?.split(',').map(parsePort);
  if (ports !== undefined && ports.length !== 1 && ports.length !== names.length)
    throw new ConnectionUrlError(message('connection-url.port-count'));
  return names.map((name, index) => ({
    host: checkHost(name),
    port: ports === undefined ? (before[index]?.port ?? null) : (ports[index] ?? ports[0] ?? null),
  }));
}

function hostParameters(hosts: readonly ConnectionHost[]): { host: string; port?: string } {
  const host = hosts.map((each) => each.host).join(',');
  if (hosts.every(({ port }) => port === null)) return { host };
  return { host, port: hosts.map(({ port }) => port ?? '').join(',') };
}

function formatHost({ host, port }: ConnectionHost): string {
  return `${host.includes(':') ? `[${host}]` : host}${port === null ? '' : `:${port}`}`;
}

function checkHost(host: string): string {
  if (host.startsWith('/') || /^[\p{L}\p{N}._:%-]*$/u.test(host)) return host;
  throw new ConnectionUrlError(message('connection-url.host'));
}

function parsePort(text: string | undefined): number | null {
  if (text === undefined || text === '') return null;
  const port = /^\d+$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new ConnectionUrlError(message('connection-url.port'));
}

function parseQuery(query: string | undefined): Record<string, string> {
  const parameters: Record<string, string> = Object.create(null);
  for (const item of query?.split('&') ?? []) {
    if (item === '') continue;
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(item) ?? [];
    if (name === undefined || value === undefined)
      throw new ConnectionUrlError(message('connection-url.parameter-form'));
    parameters[decode(name)] = decode(value);
  }
  return parameters;
}

/** Characters that end a password unless they are escaped. */
const CHARACTERS = ['/', '?', '#', '@'] as const;

/** The characters of the presumed password that have to be escaped. */
function unescapedIn(rest: string): readonly (typeof CHARACTERS)[number][] {
  const colon = rest.indexOf(':');
  const at = rest.lastIndexOf('@');
  if (colon === -1 || at < colon) return [];
  const password = rest.slice(colon + 1, at);
  return CHARACTERS.filter((character) => password.includes(character));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ConnectionUrlError(message('connection-url.escape'));
  }
}

function indexOr(text: string, character: string): number {
  const index = text.indexOf(character);
  return index === -1 ? text.length : index;
}
