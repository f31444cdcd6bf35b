import { readFileSync } from 'node:fs';
import { message } from '../../../../shared/messages/message.ts';
import { SettingsError } from '../../settings/settings-error.ts';

/** How to connect to Redis. */
export type RedisSettings = {
  readonly url: string;
  /** PEM of the server's own certificate authority; null for those of the system. */
  readonly authority: string | null;
  /** The prefix of all keys. */
  readonly prefix: string;
};

const DEFAULT_PREFIX = 'cpm';
/** Without spaces and the special characters of key patterns. */
const PREFIX = /^[\w.:-]{1,100}$/;

/**
 * Reads the variables `REDIS_…`; null without `REDIS_URL`.
 *
 * @throws SettingsError naming the invalid variable, without the URL, which may contain a password
 */
export function readRedisSettings(env: Readonly<Record<string, string | undefined>>): RedisSettings | null {
  const url = env.REDIS_URL?.trim();
  if (!url) return null;
  const parsed = URL.parse(url);
  if (parsed === null || !['redis:', 'rediss:'].includes(parsed.protocol) || parsed.hostname === '')
    throw new SettingsError(message('redis.wrong-url'));
  const prefix = env.REDIS_KEY_PREFIX?.trim() || DEFAULT_PREFIX;
  if (!PREFIX.test(prefix))
    throw new SettingsError(
      message('cluster.wrong-variable', { variable: 'REDIS_KEY_PREFIX', value: prefix }),
    );
  return { url, authority: readAuthority(env.REDIS_CA_FILE?.trim()), prefix };
}

function readAuthority(path: string | undefined): string | null {
  if (!path) return null;
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SettingsError(message('redis.no-authority', { path }), { cause });
  }
}
