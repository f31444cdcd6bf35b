import type { ExchangeId } from '../../../../shared/settings/settings.ts';
import type { Logger } from '../../logging/logger.ts';
import { nextDelayMs } from '../../time/backoff.ts';
import type { Clock } from '../../time/clock.ts';

/** Bounds of a cooldown. It grows with each failure until the exchange succeeds. */
export const COOLDOWN = { baseMs: 30_000, capMs: 10 * 60_000 };
/** How often to look for cooldowns that are over. */
const CHECK_MS = 1_000;

/** Exchanges that failed and are not used until a cooldown is over and a probe succeeds. */
export type ExchangeCooldowns = {
  isCoolingDown(exchange: ExchangeId): boolean;
  /** Starts a cooldown after a failure, longer than the last one. */
  start(exchange: ExchangeId, error: unknown): void;
  /** Ends the cooldown and resets its length, after a success. */
  end(exchange: ExchangeId): void;
  /**
   * Probes each of the exchanges whose cooldown is over. Resolves when one succeeds, with its cooldown ended, or when the
   * signal aborts.
   */
  untilOneRecovers(
    exchanges: readonly ExchangeId[],
    probe: (exchange: ExchangeId) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void>;
};

export function createExchangeCooldowns(parts: {
  readonly networkClock: Clock;
  readonly random: () => number;
  readonly log: Logger;
}): ExchangeCooldowns {
  const { networkClock, random, log } = parts;
  const cooldowns = new Map<ExchangeId, { readonly delayMs: number; readonly until: number }>();

  const start = (exchange: ExchangeId, err: unknown): void => {
    const delayMs = nextDelayMs(cooldowns.get(exchange)?.delayMs ?? 0, COOLDOWN, random());
    cooldowns.set(exchange, { delayMs, until: networkClock.now() + delayMs });
    log.info({ err, exchange, delayMs }, 'an exchange failed and is not used until its cooldown is over');
  };

  return {
    isCoolingDown: (exchange) => cooldowns.has(exchange),
    start,
    end: (exchange) => void cooldowns.delete(exchange),
    async untilOneRecovers(exchanges, probe, signal) {
      while (!signal.aborted) {
        await networkClock.sleep(CHECK_MS, signal).catch(() => undefined); // aborted: the loop ends
        for (const exchange of exchanges) {
          const cooldown = cooldowns.get(exchange);
          if (signal.aborted || cooldown === undefined || cooldown.until > networkClock.now()) continue;
          try {
            await probe(exchange);
            cooldowns.delete(exchange);
            return;
          } catch (error) {
            start(exchange, error);
          }
        }
      }
    },
  };
}
