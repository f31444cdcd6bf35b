import type { Logger } from '../../logging/logger.ts';
import { nextDelayMs } from '../../time/backoff.ts';
import type { Clock } from '../../time/clock.ts';
import { FeedError } from '../price-source.ts';
import { checkKey, type KeyVerdict } from './check-key.ts';
import type { CoinGeckoAccess } from './coingecko-client.ts';

const MINUTE_MS = 60_000;
/** Delays while the provider is unreachable. */
const RETRY = { baseMs: 30_000, capMs: 60 * MINUTE_MS };
/** A refused key may be paid for or unblocked at any time. */
const REFUSED_RETRY_MS = 6 * 60 * MINUTE_MS;
/** A key that was valid and is refused now is checked again, but not with every poll. */
const MIN_CHECK_GAP_MS = 15 * MINUTE_MS;

/** Checks a key in the background. */
export type KeyWatch = {
  /** Starts a check, unless one is running or was started recently. */
  check(): void;
  stop(): Promise<void>;
};

export type KeyWatchOptions = {
  /** Kinds of access to try, the most likely first. */
  readonly candidates: readonly CoinGeckoAccess[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly onVerdict: (verdict: KeyVerdict) => void;
};

/**
 * Checks until the key is known to be valid: soon again while the provider is unreachable, rarely while it refuses
 * the key.
 */
export function createKeyWatch({ candidates, clock, random, log, onVerdict }: KeyWatchOptions): KeyWatch {
  const stopping = new AbortController();
  let checking: Promise<void> | null = null;
  let nextCheckAt = Number.NEGATIVE_INFINITY;

  const checkUntilValid = async (): Promise<void> => {
    let delayMs = 0;
    while (!stopping.signal.aborted) {
      let waitMs = REFUSED_RETRY_MS;
      try {
        const verdict = await checkKey(candidates, clock.now, stopping.signal);
        onVerdict(verdict);
        if (verdict.isValid) return;
      } catch (error) {
        if (stopping.signal.aborted) return;
        delayMs = nextDelayMs(delayMs, RETRY, random());
        waitMs = Math.max(delayMs, error instanceof FeedError ? (error.retryAfterMs ?? 0) : 0);
        log.info({ err: error }, 'the API key cannot be checked yet');
      }
      await clock.sleep(waitMs, stopping.signal).catch(() => {
        // stopping: the loop ends
      });
    }
  };

  return {
    check() {
      if (stopping.signal.aborted || checking !== null || clock.now() < nextCheckAt) return;
      nextCheckAt = clock.now() + MIN_CHECK_GAP_MS;
      checking = checkUntilValid().finally(() => {
        checking = null;
      });
    },
    async stop() {
      stopping.abort();
      await checking;
    },
  };
}
