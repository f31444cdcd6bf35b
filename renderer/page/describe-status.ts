import type { BudgetStatus } from '../../shared/domain/budget-status.ts';
import type { DatabaseState } from '../../shared/domain/database-state.ts';
import type { FeedState } from '../../shared/domain/feed-state.ts';
import type { ReplicaState } from '../../shared/domain/replica-state.ts';
import { queueIsUsual, type Status } from '../../shared/domain/status.ts';
import { formatMoment } from '../../shared/format/local-time.ts';
import { type Message, message, text } from '../../shared/messages/message.ts';
import type { Connection } from '../api/connection.ts';

/** A state: the tone, which determines the colour and the shape of its mark, and the text. */
export type StatusDescription = { readonly tone: 'idle' | 'good' | 'warning' | 'bad'; readonly text: string };

/** The overall state in one or two words. */
export function describeOverall(connection: Connection, feed: FeedState | undefined): StatusDescription {
  if (connection === 'expired') return words('bad', message('status.signed-out'));
  if (connection === 'lost') return words('bad', message('status.disconnected'));
  switch (feed?.status) {
    case undefined:
      return words('idle', message('status.connecting'));
    case 'starting':
      return words('idle', message('status.starting'));
    case 'live':
      return words('good', message('status.live'));
    case 'stale':
      return words('warning', message('status.stale'));
    case 'rate-limited':
      return words('warning', message('status.rate-limited'));
    case 'offline':
      return words('bad', message('status.offline'));
    case 'stopped':
      return words('bad', message('status.refused'));
  }
}

export type FeedContext = {
  /** The monitor's time. */
  readonly now: number;
  readonly pollSeconds: number;
  /** Display name of the provider. */
  readonly provider: string;
};

/** The state of the feed, with its times. */
export function describeFeed(
  feed: FeedState,
  { now, pollSeconds, provider }: FeedContext,
): StatusDescription {
  switch (feed.status) {
    case 'starting':
      return words('idle', message('feed.starting'));
    case 'live': {
      const inMs = feed.lastSuccessAt + pollSeconds * 1_000 - now;
      return words('good', message('feed.live', { inMs }));
    }
    case 'stale':
      return words('warning', message('feed.stale', { provider, since: formatMoment(feed.since, now) }));
    case 'rate-limited': {
      const until = formatMoment(feed.until, now);
      return words('warning', message('feed.rate-limited', { provider, until, inMs: feed.until - now }));
    }
    case 'offline': {
      const { since, retryAt, error: reason } = feed;
      const times = { since: formatMoment(since, now), retryInMs: retryAt - now };
      return words('bad', message('feed.offline', { ...times, reason }));
    }
    case 'stopped':
      return words('bad', message('feed.stopped', { provider, reason: feed.error }));
  }
}

/** What exchanges contribute; null if nothing. */
export function describeExchanges({
  fallback,
  streams,
}: NonNullable<Status['exchanges']>): StatusDescription | null {
  if (fallback !== null) return words('warning', message('exchanges.fallback', { source: fallback }));
  const those = (wanted: string): readonly string[] =>
    streams.filter(({ status }) => status === wanted).map(({ source }) => source);
  const [live, waiting, connecting] = [those('live'), those('waiting'), those('connecting')];
  if (live.length > 0) return words('good', message('exchanges.live', { sources: live }));
  if (waiting.length > 0) return words('warning', message('exchanges.waiting', { sources: waiting }));
  return connecting.length === 0
    ? null
    : words('idle', message('exchanges.connecting', { sources: connecting }));
}

/** The poll interval in short, and in detail with the reason and the number of calls. */
export function describeBudget(budget: BudgetStatus): StatusDescription & { readonly detail: string } {
  const { plan, usedThisMonth: used, leftThisMonth: left, intervalSeconds: seconds, reason } = budget;
  return {
    ...words(left === 0 ? 'warning' : 'good', message('budget.interval', { seconds })),
    detail: text(message('budget.detail', { plan, used, left, seconds, reason })),
  };
}

/** The state of the database. `waitingTicks` prices wait in the log. */
export function describeDatabase(
  database: DatabaseState,
  { waitingTicks: waiting }: Status['queue'],
  now: number,
): StatusDescription {
  switch (database.status) {
    case 'starting':
      return words('idle', message('store.starting'));
    case 'ready':
      return words('good', message('store.ready', { kind: database.kind }));
    case 'down': {
      const { since, retryAt, error: reason } = database;
      const times = { since: formatMoment(since, now), retryInMs: retryAt - now };
      return words('warning', message('store.down', { ...times, waiting, reason }));
    }
    case 'refused':
      return words('bad', message('store.refused', { reason: database.error }));
  }
}

/** The state of the read replica, and how far it is behind. */
export function describeReplica(replica: ReplicaState): StatusDescription {
  switch (replica.status) {
    case 'connecting':
      return words('idle', message('replica.connecting'));
    case 'used':
      return words('good', message('replica.used', { seconds: replica.lagSeconds }));
    case 'behind': {
      const { lagSeconds, mostSeconds: most } = replica;
      return words('warning', message('replica.behind', { seconds: lagSeconds, most }));
    }
    case 'unusable':
      return words('warning', message('replica.unusable', { reason: replica.error }));
  }
}

/** The ticks that wait in the log; null if that is normal. While the database is down, `describeDatabase` has their number. */
export function describeQueue(queue: Status['queue'], database: DatabaseState): StatusDescription | null {
  const { waitingTicks: waiting, deadLetters } = queue;
  if (deadLetters > 0) return words('bad', message('queue.dead-letters', { waiting, deadLetters }));
  const isShown = waiting > 0 && !queueIsUsual({ database, queue });
  return isShown ? words('idle', message('queue.waiting', { waiting })) : null;
}

/** The progress of the backfill. */
export function describeBackfill({ done, total }: NonNullable<Status['backfill']>): StatusDescription {
  return words('idle', message('backfill.progress', { done, total }));
}

/** The state of the alerts file: good once a line was written to it. */
export function describeAlertsFile({
  path,
  isWritten,
  error,
  waitingLines,
}: NonNullable<Status['alertsFile']>): StatusDescription {
  if (error === null) return { tone: isWritten ? 'good' : 'idle', text: path };
  return words('bad', message('alerts-file.unwritable', { path, reason: error, waiting: waitingLines }));
}

const words = (tone: StatusDescription['tone'], content: Message): StatusDescription => ({
  tone,
  text: text(content),
});
