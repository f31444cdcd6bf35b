import type { BudgetStatus } from '../../shared/domain/budget-status.ts';
import type { DatabaseState } from '../../shared/domain/database-state.ts';
import type { FeedState } from '../../shared/domain/feed-state.ts';
import type { Status } from '../../shared/domain/status.ts';
import { formatAge } from '../../shared/format/age.ts';
import { formatSource } from '../../shared/format/name.ts';
import { text } from '../../shared/messages/message.ts';
import type { Connection } from '../api/connection.ts';
import { formatMoment } from '../time/local-time.ts';

/** How something is, for the colour and form of its mark, and in words. */
export type StatusWords = { readonly tone: 'idle' | 'good' | 'warning' | 'bad'; readonly text: string };

/** All in one or two words. */
export function overallWords(connection: Connection, feed: FeedState | undefined): StatusWords {
  if (connection === 'expired') return { tone: 'bad', text: 'Signed out' };
  if (connection === 'lost') return { tone: 'bad', text: 'Disconnected' };
  switch (feed?.status) {
    case undefined:
      return { tone: 'idle', text: 'Connecting…' };
    case 'starting':
      return { tone: 'idle', text: 'Starting…' };
    case 'live':
      return { tone: 'good', text: 'Live' };
    case 'stale':
      return { tone: 'warning', text: 'Stale prices' };
    case 'rate-limited':
      return { tone: 'warning', text: 'Rate-limited' };
    case 'offline':
      return { tone: 'bad', text: 'Offline' };
    case 'stopped':
      return { tone: 'bad', text: 'Refused' };
  }
}

export type FeedContext = {
  /** The monitor's time. */
  readonly now: number;
  readonly pollSeconds: number;
  /** Name of the provider, for people. */
  readonly provider: string;
};

/** How the feed is doing, with the times that matter. */
export function feedWords(feed: FeedState, { now, pollSeconds, provider }: FeedContext): StatusWords {
  switch (feed.status) {
    case 'starting':
      return { tone: 'idle', text: 'Asking for the first prices…' };
    case 'live':
      return { tone: 'good', text: `Live · ${untilWords(feed.lastSuccessAt + pollSeconds * 1_000, now)}` };
    case 'stale':
      return {
        tone: 'warning',
        text: `Prices of ${provider} have not changed since ${formatMoment(feed.since, now)}`,
      };
    case 'rate-limited':
      return {
        tone: 'warning',
        text: `Rate-limited by ${provider} until ${formatMoment(feed.until, now)}${inWords(feed.until, now)}`,
      };
    case 'offline':
      return {
        tone: 'bad',
        text: `Offline since ${formatMoment(feed.since, now)}: ${sentence(text(feed.error))} ${capitalised(untilWords(feed.retryAt, now, 'next try'))}`,
      };
    case 'stopped':
      return { tone: 'bad', text: `Refused by ${provider}: ${text(feed.error)}` };
  }
}

/** What exchanges contribute, or null where that is nothing. */
export function exchangesWords({ fallback, streams }: NonNullable<Status['exchanges']>): StatusWords | null {
  if (fallback !== null) {
    return {
      tone: 'warning',
      text: `Prices of ${formatSource(fallback)} for as long as CoinGecko gives none`,
    };
  }
  const named = (wanted: string): string =>
    streams
      .filter(({ status }) => status === wanted)
      .map(({ source }) => formatSource(source))
      .join(', ');
  const live = named('live');
  if (live !== '') return { tone: 'good', text: `Real time from ${live}` };
  const waiting = named('waiting');
  if (waiting !== '') return { tone: 'warning', text: `Connecting again to ${waiting}` };
  const connecting = named('connecting');
  return connecting === '' ? null : { tone: 'idle', text: `Connecting to ${connecting}` };
}

const PLAN_NAMES: Readonly<Record<BudgetStatus['plan'], string>> = {
  keyless: 'CoinGecko without a key',
  demo: 'CoinGecko Demo',
  pro: 'CoinGecko Pro',
};

/** How often prices are asked for, in short, and why, with the calls that it takes. */
export function budgetWords(budget: BudgetStatus): StatusWords & { readonly detail: string } {
  const { plan, usedThisMonth, leftThisMonth, intervalSeconds, reason } = budget;
  const used = `${count(usedThisMonth, 'call')} used this month`;
  const left = leftThisMonth === null ? '' : `, ${leftThisMonth.toLocaleString('en-US')} left`;
  return {
    tone: leftThisMonth === 0 ? 'warning' : 'good',
    text: `Every ${seconds(intervalSeconds)}`,
    detail: `${PLAN_NAMES[plan]}: ${used}${left}. Prices every ${seconds(intervalSeconds)}: ${text(reason)}.`,
  };
}

/** How the database is doing; `waitingTicks` prices are safe in the local queue meanwhile. */
export function databaseWords(
  database: DatabaseState,
  { waitingTicks }: Status['queue'],
  now: number,
): StatusWords {
  switch (database.status) {
    case 'starting':
      return { tone: 'idle', text: 'Database starting…' };
    case 'ready':
      return {
        tone: 'good',
        text: database.kind === 'embedded' ? 'Embedded PostgreSQL ready' : 'PostgreSQL ready',
      };
    case 'down':
      return {
        tone: 'warning',
        text: `Database away since ${formatMoment(database.since, now)}; ${count(waitingTicks, 'price')} ${waitingTicks === 1 ? 'waits' : 'wait'}, nothing is lost. ${capitalised(untilWords(database.retryAt, now, 'next try'))} (${text(database.error)})`,
      };
    case 'refused':
      return { tone: 'bad', text: `Database refused: ${text(database.error)}` };
  }
}

/** More than this is not what some seconds of trades bring together before they are written. */
const BACKLOG_TICKS = 10_000;

/** The local queue; null when there is nothing to say: `databaseWords` counts what waits while the database is away. */
export function queueWords(
  { waitingTicks, deadLetters }: Status['queue'],
  database: DatabaseState,
): StatusWords | null {
  if (deadLetters > 0) {
    return {
      tone: 'bad',
      text: `${count(waitingTicks, 'price')} queued, ${count(deadLetters, 'batch', 'batches')} could not be written (dead letters)`,
    };
  }
  const isUsual = database.status === 'ready' && waitingTicks < BACKLOG_TICKS;
  if (isUsual || waitingTicks === 0) return null;
  return { tone: 'idle', text: `${count(waitingTicks, 'price')} queued` };
}

/** How far the charts are filled with the past that was not measured. */
export function backfillWords({ done, total }: NonNullable<Status['backfill']>): StatusWords {
  return {
    tone: 'idle',
    text: `Loading history · ${done.toLocaleString('en-US')} of ${count(total, 'request')}`,
  };
}

/** The file that alerts are appended to. */
export function alertsFileWords({ path, error, waitingLines }: Status['alertsFile']): StatusWords {
  if (error === null) return { tone: 'good', text: path };
  return {
    tone: 'bad',
    text: `${path} cannot be written: ${sentence(text(error))} ${count(waitingLines, 'line')} ${waitingLines === 1 ? 'waits' : 'wait'}; trying again.`,
  };
}

/** In seconds as long as people think in them. */
const seconds = (length: number): string =>
  length < 600 ? `${Math.round(length)}\u00a0s` : formatAge(length * 1_000);

function untilWords(at: number, now: number, what = 'next prices'): string {
  return at > now ? `${what} in ${formatAge(at - now)}` : `${what} any moment`;
}

const inWords = (at: number, now: number): string => (at > now ? ` (in ${formatAge(at - now)})` : '');

const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;

/** Ended by a full stop, unless it ends by one already, be it within quotation marks. */
const sentence = (words: string): string => (/[.!?…]["”’)]?$/.test(words) ? words : `${words}.`);

const capitalised = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
