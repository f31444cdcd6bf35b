import { isIP } from 'node:net';
import { message } from '../../../shared/messages/message.ts';
import { SettingsError } from '../settings/settings-error.ts';

/** The addresses at which the page of an installation is reached. */
export type ServeSettings = {
  /** The IP address to listen on. */
  readonly address: string;
  /** The public address, if it differs: that of a load balancer, for example. */
  readonly publicUrl: URL | null;
  /** The token that admits browsers; null for that of the installation's Redis or the data folder. */
  readonly token: string | null;
};

const LOOPBACK = '127.0.0.1';

/**
 * Reads the variables `SERVE_…`.
 *
 * @throws SettingsError naming the variable that is missing or invalid
 */
export function readServeSettings(env: Readonly<Record<string, string | undefined>>): ServeSettings {
  const address = env.SERVE_ADDRESS?.trim() || LOOPBACK;
  if (isIP(address) === 0) throw new SettingsError(message('serve.wrong-address', { value: address }));
  const publicUrl = readPublicUrl(env.SERVE_URL?.trim());
  if (!isLoopback(address) && publicUrl === null)
    throw new SettingsError(message('serve.no-url', { address }));
  return { address, publicUrl, token: env.SERVE_TOKEN?.trim() || null };
}

function readPublicUrl(text: string | undefined): URL | null {
  if (!text) return null;
  const url = URL.parse(text);
  const isAddress =
    url !== null &&
    ['http:', 'https:'].includes(url.protocol) &&
    [url.username, url.password, url.search, url.hash].every((part) => part === '') &&
    url.pathname === '/';
  if (!isAddress) throw new SettingsError(message('serve.wrong-url', { value: text }));
  return url;
}

const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');
