import type { Logger } from '../../logging/logger.ts';
import { nextDelayMs } from '../../time/backoff.ts';
import type { Clock } from '../../time/clock.ts';
import { FeedError } from '../price-source.ts';
import { checkKey, type KeyVerdict } from './check-key.ts';
import type { CoinGeckoAccess } from './coingecko-client.ts';

const MINUTE_MS = 60_000;
/** Between two tries while the provider cannot be asked. */
const AWAY_RETRY = { baseMs: 30_000, capMs: 60 * MINUTE_MS };
/** A key that was refused may be paid for, or unblocked, without a word to us. */
const REFUSED_AGAIN_MS = 6 * 60 * MINUTE_MS;
/** A key that was good and is refused now is looked into again, but not with every poll. */
const LOOK_AGAIN_MS = 15 * MINUTE_MS;

/** Finds out in the background what a key is good for. */
export type KeyWatch = {
  /** Starts to look, unless that is going on or was done a moment ago. */
  look(): void;
  stop(): Promise<void>;
};

export type KeyWatchOptions = {
  /** Ways of access to try, the likeliest first. */
  readonly ways: readonly CoinGeckoAccess[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly onVerdict: (verdict: KeyVerdict) => void;
};

/** Looks until the key is known to be good: a provider that is away is asked again soon, one that refuses it seldom. */
export function createKeyWatch({ ways, clock, random, log, onVerdict }: KeyWatchOptions): KeyWatch {
  const stopping = new AbortController();
  let looking: Promise<void> | null = null;
  let nextLookAt = Number.NEGATIVE_INFINITY;

  const lookUntilGood = async (): Promise<void> => {
    let delayMs = 0;
    while (!stopping.signal.aborted) {
      let waitMs = REFUSED_AGAIN_MS;
      try {
        const verdict = await checkKey(ways, clock.now, stopping.signal);
        onVerdict(verdict);
        if (verdict.isGood) return;
      } catch (error) {
        if (stopping.signal.aborted) return;
        delayMs = nextDelayMs(delayMs, AWAY_RETRY, random());
        waitMs = Math.max(delayMs, error instanceof FeedError ? (error.retryAfterMs ?? 0) : 0);
        log.info({ err: error }, 'the API key cannot be checked yet');
      }
      await clock.sleep(waitMs, stopping.signal).catch(() => {
        // Stopping: the loop ends.
      });
    }
  };

  return {
    look() {
      if (stopping.signal.aborted || looking !== null || clock.now() < nextLookAt) return;
      nextLookAt = clock.now() + LOOK_AGAIN_MS;
      looking = lookUntilGood().finally(() => {
        looking = null;
      });
    },
    async stop() {
      stopping.abort();
      await looking;
    },
  };
}
