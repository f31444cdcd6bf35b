import type { Logger } from '../../logging/logger.ts';
import { nextDelayMs } from '../../time/backoff.ts';
import type { Clock } from '../../time/clock.ts';
import type { ExchangeClient } from './exchange-client.ts';
import type { Trade } from './trade.ts';

const RETRY = { baseMs: 2_000, capMs: 30_000 };
/** About a minute in total: what broke the connection often makes requests fail too. */
const MAX_TRIES = 5;

/** A period, in ms, in which the trades of a market were not received; `to` is null when it reaches up to now. */
export type TradeGap = { readonly symbol: string; readonly from: number; readonly to: number | null };

/** Fetches the trades of a gap, with retries. Returns none when they are unavailable. */
export async function fetchMissedTrades(
  parts: {
    readonly client: Pick<ExchangeClient, 'tradesBetween'>;
    readonly networkClock: Clock;
    readonly random: () => number;
    readonly log: Logger;
  },
  { symbol, from, to }: TradeGap,
  signal: AbortSignal,
): Promise<readonly Trade[]> {
  const { client, networkClock, random, log } = parts;
  let delayMs = 0;
  for (let tries = 1; !signal.aborted; tries++) {
    try {
      return await client.tradesBetween(symbol, from, to);
    } catch (err) {
      if (tries === MAX_TRIES) {
        log.warn({ err, symbol, from, to }, 'trades that were missed while reconnecting are unavailable');
        break;
      }
      delayMs = nextDelayMs(delayMs, RETRY, random());
      await networkClock.sleep(delayMs, signal).catch(() => undefined); // aborted: the loop ends
    }
  }
  return [];
}
