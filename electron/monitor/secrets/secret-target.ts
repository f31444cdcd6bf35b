import { type ConnectionUrl, parseConnectionUrl } from '../../../shared/settings/connection-url.ts';

const DEFAULT_PORT = 5432;

/** CoinGecko's own servers are one target: a key is tried with both plans to find out which it belongs to. */
const COINGECKO = 'https://api.coingecko.com';
const COINGECKO_ORIGINS: ReadonlySet<string> = new Set([COINGECKO, 'https://pro-api.coingecko.com']);

/**
 * The target of an API key: scheme and host of the base URL that it is sent to.
 *
 * @param baseUrl null for CoinGecko's own
 */
export function keyTarget(baseUrl: string | null): string {
  const origin = baseUrl === null ? COINGECKO : (URL.parse(baseUrl)?.origin ?? 'an unreadable address');
  return COINGECKO_ORIGINS.has(origin) ? COINGECKO : origin;
}

/** Whether a key may be sent there: over https, or to a program on this machine. */
export function mayCarryKey(baseUrl: string | null): boolean {
  const url = URL.parse(baseUrl ?? COINGECKO);
  if (url === null) return false;
  return url.protocol === 'https:' || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
}

/**
 * The target of a database password: hosts and ports, and the URL's parameters for encryption, because PostgreSQL has one
 * scheme for encrypted and unencrypted connections.
 */
export function passwordTarget(url: string): string {
  const read = parse(url);
  if (read === null) return 'an unreadable URL';
  const hosts = read.hosts.map(({ host, port }) => `${host || 'localhost'}:${port ?? DEFAULT_PORT}`);
  const encryption = Object.entries(read.parameters)
    .filter(([name]) => /^ssl|_protocol_version$|^channel_binding$/.test(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);
  return [hosts.join(','), ...encryption].join(' ');
}

function parse(url: string): ConnectionUrl | null {
  try {
    return parseConnectionUrl(url);
  } catch {
    return null;
  }
}
