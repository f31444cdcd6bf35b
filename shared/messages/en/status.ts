import { formatAge } from '../../format/age.ts';
import { formatSource } from '../../format/name.ts';
import type { Nested } from './nested.ts';

const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;
const waits = (n: number): string => (n === 1 ? 'waits' : 'wait');

/** In seconds up to ten minutes, then in larger units. */
const seconds = (length: number): string =>
  length < 600 ? `${Math.round(length)}\u00a0s` : formatAge(length * 1_000);

/** Ends a text with a full stop, unless it has a final punctuation mark, also inside quotation marks. */
const sentence = (words: string): string => (/[.!?…]["”’)]?$/.test(words) ? words : `${words}.`);

const PLANS = {
  keyless: 'CoinGecko without a key',
  demo: 'CoinGecko Demo',
  pro: 'CoinGecko Pro',
};

/** The status of the program's parts, on the page. Times are passed as text, in the reader's time zone. */
export const statusTexts = {
  'status.signed-out': () => 'Signed out',
  'status.disconnected': () => 'Disconnected',
  'status.connecting': () => 'Connecting…',
  'status.starting': () => 'Starting…',
  'status.live': () => 'Live',
  'status.stale': () => 'Stale prices',
  'status.rate-limited': () => 'Rate-limited',
  'status.offline': () => 'Offline',
  'status.refused': () => 'Refused',

  'feed.starting': () => 'Requesting the first prices…',
  'feed.live': (p: { inMs: number }) => `Live · next prices ${until(p.inMs)}`,
  'feed.stale': (p: { provider: string; since: string }) =>
    `Prices of ${p.provider} have not changed since ${p.since}`,
  'feed.rate-limited': (p: { provider: string; until: string; inMs: number }) =>
    `Rate-limited by ${p.provider} until ${p.until}${p.inMs > 0 ? ` (in ${formatAge(p.inMs)})` : ''}`,
  'feed.offline': (p: { since: string; reason: Nested; retryInMs: number }) =>
    `Offline since ${p.since}: ${sentence(p.reason)} Next try ${until(p.retryInMs)}`,
  'feed.stopped': (p: { provider: string; reason: Nested }) => `Refused by ${p.provider}: ${p.reason}`,

  'exchanges.fallback': (p: { source: string }) =>
    `Prices from ${formatSource(p.source)} while CoinGecko has none`,
  'exchanges.live': (p: { sources: readonly string[] }) => `Real time from ${names(p.sources)}`,
  'exchanges.waiting': (p: { sources: readonly string[] }) => `Reconnecting to ${names(p.sources)}`,
  'exchanges.connecting': (p: { sources: readonly string[] }) => `Connecting to ${names(p.sources)}`,

  'budget.interval': (p: { seconds: number }) => `Every ${seconds(p.seconds)}`,
  'budget.detail': (p: {
    plan: keyof typeof PLANS;
    used: number;
    left: number | null;
    seconds: number;
    reason: Nested;
  }) => {
    const left = p.left === null ? '' : `, ${p.left.toLocaleString('en-US')} left`;
    return `${PLANS[p.plan]}: ${count(p.used, 'call')} used this month${left}. Prices every ${seconds(p.seconds)}: ${p.reason}.`;
  },

  'tick-stream.away': (p: { stream: string; reason: Nested }) =>
    `Prices are not being put into the Kinesis stream ${p.stream}: ${sentence(p.reason)} They wait in the log.`,
  'tick-stream.no-outcome': () => 'AWS did not report the result of a record',
  'tick-stream.too-late': (p: { seconds: number }) => `no response for ${count(p.seconds, 'second')}`,
  'redis.too-late': (p: { timeoutMs: number }) => `it has not responded for ${p.timeoutMs} ms`,
  'redis.not-connected': () => 'it is not connected',
  'redis.away': (p: { reason: Nested }) =>
    `Redis cannot be used (${p.reason}). Data is read from its original sources instead; see REDIS_URL.`,
  'serve.kafka-away': (p: { reason: Nested }) => `The topics of Kafka cannot be read (${p.reason}).`,
  'serve.silent': (p: { minutes: number }) =>
    `No price has been received for ${count(p.minutes, 'minute')}. Look at the log of the processes with the role feed.`,

  'store.starting': () => 'Database starting…',
  'store.ready': (p: { kind: 'embedded' | 'external' }) =>
    p.kind === 'embedded' ? 'Embedded PostgreSQL ready' : 'PostgreSQL ready',
  'store.down': (p: { since: string; waiting: number; retryInMs: number; reason: Nested }) =>
    `Database unavailable since ${p.since}; ${count(p.waiting, 'price')} ${waits(p.waiting)}, nothing is lost. ` +
    `Next try ${until(p.retryInMs)} (${p.reason})`,
  'store.refused': (p: { reason: Nested }) => `Database refused: ${p.reason}`,
  'replica.connecting': () => 'Connecting to the read replica',
  'replica.used': (p: { seconds: number }) =>
    p.seconds === 0 ? 'Read replica up to date' : `Read replica ${seconds(p.seconds)} behind`,
  'replica.behind': (p: { seconds: number; most: number }) =>
    `Read replica ${seconds(p.seconds)} behind, more than ${seconds(p.most)}. Charts are read from the database.`,
  'replica.unusable': (p: { reason: Nested }) =>
    `Read replica unusable: ${sentence(p.reason)} Charts are read from the database.`,
  'queue.waiting': (p: { waiting: number }) => `${count(p.waiting, 'price')} queued`,
  'queue.dead-letters': (p: { waiting: number; deadLetters: number }) =>
    `${count(p.waiting, 'price')} queued, ${count(p.deadLetters, 'batch', 'batches')} could not be written (dead letters)`,
  'backfill.progress': (p: { done: number; total: number }) =>
    `Loading history · ${p.done.toLocaleString('en-US')} of ${count(p.total, 'request')}`,
  'alerts-file.unwritable': (p: { path: string; reason: Nested; waiting: number }) =>
    `${p.path} cannot be written: ${sentence(p.reason)} ${count(p.waiting, 'line')} ${waits(p.waiting)}; trying again.`,
};

const until = (ms: number): string => (ms > 0 ? `in ${formatAge(ms)}` : 'any moment');
const names = (sources: readonly string[]): string => sources.map(formatSource).join(', ');
