import type { Logger } from '../../logging/logger.ts';
import { nextDelayMs } from '../../time/backoff.ts';
import type { Clock } from '../../time/clock.ts';
import type { ExchangeClient } from './exchange-client.ts';
import type { Trade } from './trade-ticks.ts';

const RETRY = { baseMs: 2_000, capMs: 30_000 };
/** About a minute: what broke the connection often keeps requests from being answered, too. */
const MOST_TRIES = 5;

/** A stretch of a market's time, in ms, in which its trades were not heard; `to` is null where it reaches up to now. */
export type Missed = { readonly symbol: string; readonly from: number; readonly to: number | null };

/** Asks for the trades of a stretch that was missed, some times if need be; none where they cannot be had. */
export async function askForMissedTrades(
  parts: {
    readonly client: Pick<ExchangeClient, 'tradesBetween'>;
    readonly networkClock: Clock;
    readonly random: () => number;
    readonly log: Logger;
  },
  { symbol, from, to }: Missed,
  signal: AbortSignal,
): Promise<readonly Trade[]> {
  const { client, networkClock, random, log } = parts;
  let delayMs = 0;
  for (let tries = 1; !signal.aborted; tries++) {
    try {
      return await client.tradesBetween(symbol, from, to);
    } catch (err) {
      if (tries === MOST_TRIES) {
        log.warn({ err, symbol, from, to }, 'trades that were missed while reconnecting are unavailable');
        break;
      }
      delayMs = nextDelayMs(delayMs, RETRY, random());
      await networkClock.sleep(delayMs, signal).catch(() => undefined); // aborted: the loop ends
    }
  }
  return [];
}
