import type { DatabaseState, FeedState, Status } from '../../shared/domain.ts';
import { formatAge } from '../../shared/format.ts';
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
        text: `Offline since ${formatMoment(feed.since, now)}: ${sentence(feed.error)} ${capitalised(untilWords(feed.retryAt, now, 'next try'))}`,
      };
    case 'stopped':
      return { tone: 'bad', text: `Refused by ${provider}: ${feed.error}` };
  }
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
        text: `Database away since ${formatMoment(database.since, now)}; ${count(waitingTicks, 'price')} ${waitingTicks === 1 ? 'waits' : 'wait'}, nothing is lost. ${capitalised(untilWords(database.retryAt, now, 'next try'))} (${database.error})`,
      };
    case 'refused':
      return { tone: 'bad', text: `Database refused: ${database.error}` };
  }
}

/** The local queue; null when there is nothing to say. */
export function queueWords({ waitingTicks, deadLetters }: Status['queue']): StatusWords {
  if (deadLetters > 0) {
    return {
      tone: 'bad',
      text: `${count(waitingTicks, 'price')} queued, ${count(deadLetters, 'batch', 'batches')} could not be written and set aside`,
    };
  }
  return {
    tone: waitingTicks > 0 ? 'idle' : 'good',
    text: waitingTicks === 0 ? 'Queue empty' : `${count(waitingTicks, 'price')} queued`,
  };
}

/** The file that alerts are appended to. */
export function alertsFileWords({ path, error, waitingLines }: Status['alertsFile']): StatusWords {
  if (error === null) return { tone: 'good', text: path };
  return {
    tone: 'bad',
    text: `${path} cannot be written: ${sentence(error)} ${count(waitingLines, 'line')} ${waitingLines === 1 ? 'waits' : 'wait'}; trying again.`,
  };
}

function untilWords(at: number, now: number, what = 'next prices'): string {
  return at > now ? `${what} in ${formatAge(at - now)}` : `${what} any moment`;
}

const inWords = (at: number, now: number): string => (at > now ? ` (in ${formatAge(at - now)})` : '');

const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;

const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
