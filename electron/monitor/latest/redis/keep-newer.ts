import { createHash } from 'node:crypto';
import type { RedisClient } from './redis-connection.ts';

/** A value with its time. */
export type DatedText = { readonly key: string; readonly at: number; readonly text: string };

/**
 * Sets each value unless the stored one is newer, in one step on the server: of two processes that store the same key in any
 * order, the newer value remains. A stored value without a time, or with one beyond the latest possible time, is replaced; the
 * number of those is returned.
 *
 * KEYS: of the values. ARGV: the expiry in ms; the latest possible time; then for each key its time and its value.
 */
const SCRIPT = `
local latest = tonumber(ARGV[2])
local replaced = 0
for index, key in ipairs(KEYS) do
  local at, text = tonumber(ARGV[1 + 2 * index]), ARGV[2 + 2 * index]
  local held = redis.pcall('get', key)
  local held_at = nil
  if type(held) == 'string' then
    held_at = tonumber(string.match(held, '^%d+ (%d+) ') or '')
    if held_at and held_at > latest then held_at = nil end
  end
  if held and not held_at then replaced = replaced + 1 end
  if not held_at or held_at <= at then redis.call('set', key, text, 'px', ARGV[1]) end
end
return replaced`;

const SHA = createHash('sha1').update(SCRIPT).digest('hex');

/** Resolves with the number of stored values that were invalid. */
export async function keepNewer(
  client: RedisClient,
  values: readonly DatedText[],
  { keptMs, latestAt }: { readonly keptMs: number; readonly latestAt: number },
): Promise<number> {
  const options = {
    keys: values.map(({ key }) => key),
    arguments: [String(keptMs), String(latestAt), ...values.flatMap(({ at, text }) => [String(at), text])],
  };
  try {
    return Number(await client.evalSha(SHA, options));
  } catch (error) {
    // A restarted server does not have the script yet.
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return Number(await client.eval(SCRIPT, options));
  }
}
