import { z } from 'zod';
import { says } from '../messages/fault-of-issue.ts';
import { message } from '../messages/message.ts';

const MAX_COIN_ID_LENGTH = 200;

/**
 * Whether a text can be a CoinGecko coin id. Nearly all are lower-case words joined by dashes, but names without Latin
 * letters have ids such as `_` and `-3`. Only characters that no id contains are rejected: spaces and commas, which
 * separate ids, and other punctuation.
 */
export function isCoinId(text: string): boolean {
  return text.length <= MAX_COIN_ID_LENGTH && /^[\p{L}\p{M}\p{N}._-]+$/u.test(text) && !/^\.+$/.test(text);
}

/** A coin's id as a user writes it. */
export const coinIdSchema = z
  .string()
  .trim()
  .toLowerCase()
  .refine(isCoinId, says(message('value.not-a-coin-id')));
