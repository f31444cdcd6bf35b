import { describe, expect, it } from 'vitest';
import type { DatabaseState } from '../../shared/domain/database-state.ts';
import type { FeedState } from '../../shared/domain/feed-state.ts';
import { formatMoment } from '../../shared/format/local-time.ts';
import { verbatim } from '../../shared/messages/message.ts';
import {
  describeAlertsFile,
  describeBackfill,
  describeBudget,
  describeDatabase,
  describeExchanges,
  describeFeed,
  describeOverall,
  describeQueue,
  describeReplica,
} from './describe-status.ts';

const NOW = new Date(2026, 5, 10, 14, 0).getTime();
const EARLIER = new Date(2026, 5, 10, 13, 47).getTime();
const context = { now: NOW, pollSeconds: 60, provider: 'CoinGecko' };
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');
const feedText = (feed: FeedState): string => plain(describeFeed(feed, context).text);
const databaseText = (database: DatabaseState, waitingTicks = 3): string =>
  plain(describeDatabase(database, { waitingTicks, deadLetters: 0 }, NOW).text);

describe('the text of the feed state', () => {
  it('says when the next prices are requested', () => {
    expect(feedText({ status: 'live', lastSuccessAt: NOW - 48_000 })).toBe('Live · next prices in 12 s');
    expect(feedText({ status: 'live', lastSuccessAt: NOW - 61_000 })).toBe('Live · next prices any moment');
  });

  it('names the provider that limits requests, and the end of the limit', () => {
    expect(feedText({ status: 'rate-limited', since: EARLIER, until: NOW + 180_000 })).toBe(
      'Rate-limited by CoinGecko until 14:03 (in 3 min)',
    );
  });

  it('has the start and the reason of an outage, and the time of the next try', () => {
    expect(
      feedText({ status: 'offline', since: EARLIER, retryAt: NOW + 12_000, error: verbatim('no such host') }),
    ).toBe('Offline since 13:47: no such host. Next try in 12 s');
  });

  it('has the time since which prices have not changed', () => {
    expect(feedText({ status: 'stale', since: EARLIER, lastSuccessAt: NOW })).toBe(
      'Prices of CoinGecko have not changed since 13:47',
    );
  });

  it('has the reason of a refusal', () => {
    expect(feedText({ status: 'stopped', since: EARLIER, error: verbatim('wrong API key') })).toBe(
      'Refused by CoinGecko: wrong API key',
    );
  });
});

describe('the text of the call budget', () => {
  const budget = {
    plan: 'demo',
    usedThisMonth: 2_588,
    leftThisMonth: 7_412,
    intervalSeconds: 124,
    reason: verbatim('10,000 calls a month: 7,412 left for 10 days'),
  } as const;

  it('has the interval, the number of calls, and the reason', () => {
    const { tone, text, detail } = describeBudget(budget);
    expect([tone, plain(text)]).toEqual(['good', 'Every 124 s']);
    expect(plain(detail)).toBe(
      'CoinGecko Demo: 2,588 calls used this month, 7,412 left. ' +
        'Prices every 124 s: 10,000 calls a month: 7,412 left for 10 days.',
    );
  });

  it('has no remaining calls for a plan without a monthly limit, and warns if none are left', () => {
    const keyless = { ...budget, plan: 'keyless', leftThisMonth: null, usedThisMonth: 1 } as const;
    expect(plain(describeBudget(keyless).detail)).toContain(
      'CoinGecko without a key: 1 call used this month. ',
    );
    expect(describeBudget({ ...budget, leftThisMonth: 0 }).tone).toBe('warning');
  });
});

describe('the text of a provider', () => {
  it.each([
    ['responded with 503 – "Try later."', 'responded with 503 – "Try later." Next'],
    ['cannot be reached', 'cannot be reached. Next'],
  ])('ends with one full stop: %s', (said, expected) => {
    const error = verbatim(said);
    const offline: FeedState = { status: 'offline', since: EARLIER, retryAt: NOW + 1_000, error };
    expect(feedText(offline)).toContain(expected);
  });
});

describe('the text of the database state', () => {
  it('names the kind of database that is ready', () => {
    expect(databaseText({ status: 'ready', kind: 'embedded' })).toBe('Embedded PostgreSQL ready');
    expect(databaseText({ status: 'ready', kind: 'external' })).toBe('PostgreSQL ready');
  });

  it('says that nothing is lost while it is unavailable', () => {
    const down: DatabaseState = {
      status: 'down',
      since: EARLIER,
      retryAt: NOW + 8_000,
      error: verbatim('refused'),
    };
    expect(databaseText(down)).toBe(
      'Database unavailable since 13:47; 3 prices wait, nothing is lost. Next try in 8 s (refused)',
    );
    expect(databaseText(down, 1)).toContain('1 price waits');
  });
});

describe('the text of the queue and the alerts file', () => {
  const ready: DatabaseState = { status: 'ready', kind: 'embedded' };

  it('counts waiting records and dead letters', () => {
    const starting: DatabaseState = { status: 'starting' };
    expect(describeQueue({ waitingTicks: 1_284, deadLetters: 0 }, starting)?.text).toBe(
      '1,284 prices queued',
    );
    expect(describeQueue({ waitingTicks: 12_840, deadLetters: 0 }, ready)?.text).toBe('12,840 prices queued');
    expect(describeQueue({ waitingTicks: 0, deadLetters: 1 }, ready)).toMatchObject({ tone: 'bad' });
  });

  it('does not report records that are written within a few seconds', () => {
    expect(describeQueue({ waitingTicks: 0, deadLetters: 0 }, ready)).toBeNull();
    expect(describeQueue({ waitingTicks: 15, deadLetters: 0 }, ready)).toBeNull();
  });

  it('has the reason why alerts cannot be appended', () => {
    const error = verbatim('no space left on device');
    const file = { path: '/x/alerts.txt', isWritten: false, error, waitingLines: 2 };
    expect(describeAlertsFile(file)).toEqual({
      tone: 'bad',
      text: '/x/alerts.txt cannot be written: no space left on device. 2 lines wait; trying again.',
    });
  });

  it('marks the alerts file as good only after a line was written', () => {
    const file = { path: '/x/alerts.txt', isWritten: false, error: null, waitingLines: 0 };
    expect(describeAlertsFile(file)).toEqual({ tone: 'idle', text: '/x/alerts.txt' });
    expect(describeAlertsFile({ ...file, isWritten: true }).tone).toBe('good');
  });
});

describe('the overall status', () => {
  it('reports a lost connection instead of the last state of the feed', () => {
    const live: FeedState = { status: 'live', lastSuccessAt: NOW };
    expect(describeOverall('connected', live)).toEqual({ tone: 'good', text: 'Live' });
    expect(describeOverall('lost', live)).toEqual({ tone: 'bad', text: 'Disconnected' });
    expect(describeOverall('connecting', undefined).tone).toBe('idle');
  });
});

describe('formatMoment', () => {
  it('has the day only if it is not today', () => {
    expect(formatMoment(EARLIER, NOW)).toBe('13:47');
    expect(formatMoment(EARLIER - 86_400_000, NOW)).toBe('9 Jun, 13:47');
  });
});

describe('the text of the backfill', () => {
  it('has its progress', () => {
    expect(describeBackfill({ done: 1_200, total: 2_000 })).toEqual({
      tone: 'idle',
      text: 'Loading history · 1,200 of 2,000 requests',
    });
    expect(describeBackfill({ done: 0, total: 1 }).text).toBe('Loading history · 0 of 1 request');
  });
});

describe('the text of the exchanges', () => {
  const stream = (source: string, status: 'live' | 'waiting' | 'connecting') => ({
    source,
    status,
    coins: [],
  });

  it('names the exchange that is the fallback, those that are streamed, and those that are being connected', () => {
    expect(describeExchanges({ fallback: null, streams: [] })).toBeNull();
    expect(describeExchanges({ fallback: null, streams: [stream('kraken', 'connecting')] })?.text).toBe(
      'Connecting to Kraken',
    );
    const streams = [stream('kraken', 'live'), stream('coinbase', 'live'), stream('binance', 'waiting')];
    expect(describeExchanges({ fallback: null, streams })).toEqual({
      tone: 'good',
      text: 'Real time from Kraken, Coinbase',
    });
    expect(describeExchanges({ fallback: 'kraken', streams })?.tone).toBe('warning');
    expect(describeExchanges({ fallback: null, streams: [stream('binance', 'waiting')] })?.text).toBe(
      'Reconnecting to Binance',
    );
  });
});

describe('the text of the read replica', () => {
  it('has the lag, and what is read instead', () => {
    const words = (replica: Parameters<typeof describeReplica>[0]) => {
      const { tone, text } = describeReplica(replica);
      return `${tone}: ${plain(text)}`;
    };
    expect(words({ status: 'connecting' })).toBe('idle: Connecting to the read replica');
    expect(words({ status: 'used', lagSeconds: 0 })).toBe('good: Read replica up to date');
    expect(words({ status: 'used', lagSeconds: 2 })).toBe('good: Read replica 2 s behind');
    expect(words({ status: 'behind', lagSeconds: 40, mostSeconds: 10 })).toBe(
      'warning: Read replica 40 s behind, more than 10 s. Charts are read from the database.',
    );
    expect(words({ status: 'unusable', error: verbatim('no route to host') })).toBe(
      'warning: Read replica unusable: no route to host. Charts are read from the database.',
    );
  });
});
