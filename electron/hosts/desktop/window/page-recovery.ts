import type { RenderProcessGoneDetails } from 'electron';
import { type Message, message } from '../../../../shared/messages/message.ts';
import type { Logger } from '../../../monitor/logging/logger.ts';
import { nextDelayMs } from '../../../monitor/time/backoff.ts';
import type { Clock } from '../../../monitor/time/clock.ts';

type PageRecoveryParts = {
  readonly reload: () => void;
  /** The message about the page, or null when nothing is wrong with it any more. */
  readonly onProblem: (problem: Message | null) => void;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
};

export type PageRecovery = {
  /** The renderer process of the page ended. */
  gone(details: Pick<RenderProcessGoneDetails, 'reason' | 'exitCode'>): void;
  /** The page has loaded. */
  loaded(): void;
  /** The page's file could not be loaded. */
  failed(reason: string): void;
  stop(): void;
};

const DELAY_LIMITS = { baseMs: 1_000, capMs: 5 * 60_000 };
/** A page that ran for this long did not crash at its start: the delay is reset. */
const HEALTHY_MS = 60_000;

/** Reloads the page when its process ends unexpectedly, with growing delays while that repeats. */
export function createPageRecovery({
  reload,
  onProblem,
  clock,
  random,
  log,
}: PageRecoveryParts): PageRecovery {
  const stopping = new AbortController();
  let delayMs = 0;
  let loadedAt: number | null = null;
  let isWaiting = false;

  const reloadLater = (problem: Message): void => {
    if (isWaiting || stopping.signal.aborted) return;
    if (loadedAt !== null && clock.now() - loadedAt >= HEALTHY_MS) delayMs = 0;
    loadedAt = null;
    delayMs = nextDelayMs(delayMs, DELAY_LIMITS, random());
    onProblem(problem);
    isWaiting = true;
    clock.sleep(delayMs, stopping.signal).then(
      () => {
        isWaiting = false;
        reload();
      },
      () => undefined, // stopped meanwhile
    );
  };

  return {
    gone({ reason, exitCode }) {
      if (reason === 'clean-exit') return;
      log.error({ reason, exitCode }, "the page's process ended unexpectedly");
      reloadLater(message('window.crashed'));
    },
    loaded() {
      loadedAt = clock.now();
      onProblem(null);
    },
    failed(reason) {
      log.error({ reason }, 'the page could not be loaded');
      reloadLater(message('window.not-loaded'));
    },
    stop: () => stopping.abort(),
  };
}
