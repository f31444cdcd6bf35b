import type { FeedState } from '../../../shared/domain/feed-state.ts';
import type { Problem } from '../../../shared/domain/problem.ts';
import { message, verbatim } from '../../../shared/messages/message.ts';
import type { Clock } from '../time/clock.ts';

/** The state of the feed, derived by a process that only reads the topics. */
export type TopicFeedState = {
  /** Ticks were read that were appended at this time. */
  appended(at: number): void;
  /** Everything that was there at the start has been read. */
  caughtUp(): void;
  /** The error of reading the topics and the time of the next attempt; null when they can be read. */
  failed(failure: { readonly error: Error; readonly retryAt: number } | null): void;
  stop(): void;
};

export type TopicFeedStateOptions = {
  /** The time without ticks, in ms of the clock, after which the feed counts as silent. */
  readonly silentAfterMs: number;
  readonly clock: Clock;
  /** Called with the state when it has changed. */
  readonly report: (feed: FeedState, problem: Problem | null) => void;
};

/** Check interval. */
const CHECK_MS = 5_000;

export function createTopicFeedState({
  silentAfterMs,
  clock,
  report,
}: TopicFeedStateOptions): TopicFeedState {
  const stopping = new AbortController();
  const startedAt = clock.now();
  let lastAt: number | null = null;
  let isCaughtUp = false;
  let failure: { readonly error: Error; readonly retryAt: number; readonly since: number } | null = null;
  let reported = '';

  const state = (): readonly [FeedState, Problem | null] => {
    if (failure !== null) {
      const { since, retryAt, error } = failure;
      return [
        {
          status: 'offline',
          since,
          retryAt,
          error: message('serve.kafka-away', { reason: verbatim(error.message) }),
        },
        null,
      ];
    }
    if (!isCaughtUp) return [{ status: 'starting' }, null];
    const since = lastAt ?? startedAt;
    if (clock.now() - since > silentAfterMs)
      return [
        { status: 'stale', since, lastSuccessAt: since },
        {
          id: 'silent-feed',
          message: message('serve.silent', { minutes: Math.round(silentAfterMs / 60_000) }),
        },
      ];
    return lastAt === null
      ? [{ status: 'starting' }, null]
      : [{ status: 'live', lastSuccessAt: lastAt }, null];
  };
  const check = (): void => {
    const now = state();
    const text = JSON.stringify(now);
    if (text === reported) return;
    reported = text;
    report(...now);
  };
  const checkRegularly = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await clock.sleep(CHECK_MS, stopping.signal);
      check();
    }
  };
  checkRegularly().catch(() => undefined); // stopped

  return {
    appended(at) {
      lastAt = Math.max(lastAt ?? at, at);
    },
    caughtUp() {
      isCaughtUp = true;
      check();
    },
    failed(news) {
      if (news === null && failure === null) return;
      failure = news && { ...news, since: failure?.since ?? clock.now() };
      check();
    },
    stop: () => stopping.abort(),
  };
}
