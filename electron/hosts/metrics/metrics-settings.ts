import { isIP } from 'node:net';
import { message } from '../../../shared/messages/message.ts';
import { SettingsError } from '../../monitor/settings/settings-error.ts';

/** Where metrics and probes are served. */
export type MetricsSettings = {
  readonly port: number;
  /** The IP address to listen on. */
  readonly address: string;
  /** The bearer token that `/metrics` requires; null for none, which is allowed on loopback only. */
  readonly token: string | null;
};

const LOOPBACK = '127.0.0.1';
/** Characters that a header can hold, without spaces. */
const TOKEN = /^[\x21-\x7e]+$/;

/**
 * Reads the variables `METRICS_…`; null without `METRICS_PORT`.
 *
 * @throws SettingsError naming the variable that is missing or wrong
 */
export function readMetricsSettings(
  env: Readonly<Record<string, string | undefined>>,
): MetricsSettings | null {
  const port = env.METRICS_PORT?.trim();
  if (!port) return null;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535 || Number(port) === 0)
    throw new SettingsError(message('metrics.wrong-port', { value: port }));
  const address = env.METRICS_ADDRESS?.trim() || LOOPBACK;
  if (isIP(address) === 0) throw new SettingsError(message('metrics.wrong-address', { value: address }));
  const token = env.METRICS_TOKEN?.trim() || null;
  if (token !== null && !TOKEN.test(token)) throw new SettingsError(message('metrics.wrong-token'));
  if (token === null && !isLoopback(address))
    throw new SettingsError(message('metrics.no-token', { address }));
  return { port: Number(port), address, token };
}

const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');
