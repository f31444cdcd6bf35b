/**
 * Connection URLs of PostgreSQL, read as libpq reads them:
 * https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 *
 * What was typed is never shown: whoever forgot to escape a character of the password has it where a host or a database
 * is looked for. Errors name no part of the text, and `formatConnectionUrl` shows what was understood.
 */
import { type Message, message } from '../messages/message.ts';
import { MessageError } from '../messages/message-error.ts';
import { type ConnectionParameters, parameterFault } from './connection-parameters.ts';

export type ConnectionUrl = {
  readonly scheme: 'postgresql' | 'postgres';
  readonly user: string | null;
  readonly password: string | null;
  /** In the order in which they are tried; a host is empty, and a port null, where the default counts. */
  readonly hosts: readonly ConnectionHost[];
  readonly database: string | null;
  readonly parameters: ConnectionParameters;
};

/** A name, an address, or the folder of a Unix socket, which begins with a slash. */
export type ConnectionHost = { readonly host: string; readonly port: number | null };

/** The text is no connection URL. The message is the predicate of "The connection URL …" and holds no part of the text. */
export class ConnectionUrlError extends MessageError {
  constructor(content: Message) {
    super(content);
    this.name = 'ConnectionUrlError';
  }
}

/**
 * Reads a connection URL. Unlike libpq, which ends the password at the first `@`, it takes the last one before the host,
 * because people forget to escape one.
 *
 * @throws ConnectionUrlError saying what is wrong, and which character of the password has to be escaped
 */
export function parseConnectionUrl(text: string): ConnectionUrl {
  const [, scheme, rest] = /^(postgresql|postgres):\/\/(.*)$/s.exec(text.trim()) ?? [];
  if (rest === undefined) throw new ConnectionUrlError(message('connection-url.scheme'));
  const unescaped = unescapedIn(rest);
  try {
    const url = parseRest(scheme === 'postgres' ? 'postgres' : 'postgresql', rest);
    // Where the password may have been cut in two, a name may be a part of it.
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

/** What is wrong with a connection URL, as `ConnectionUrlError` says it; null when it can be read or is empty. */
export function connectionUrlFault(text: string): Message | null {
  try {
    if (text.trim() !== '') parseConnectionUrl(text);
    return null;
  } catch (error) {
    if (error instanceof ConnectionUrlError) return error.content;
    throw error;
  }
}

/** The URL as it is understood, every part of it escaped. */
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
  // Of an unescaped slash in the password, the rest of it would be the database's name, and would be shown.
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

/** What stands before the last `@` that is neither in the path nor in the query. */
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

/** `host=` and `port=` of the query: lists of the same length, or one port for all. They win over what stands before. */
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

/** Which characters of what may be the password would have to be escaped. */
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
