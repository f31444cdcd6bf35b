import { asSentence } from '../../format/as-sentence.ts';
import type { Nested } from './nested.ts';

const count = (calls: number): string => calls.toLocaleString('en-US');

const UNSENDABLE = {
  'line-break': 'a line break',
  control: 'a control character',
  'not-ascii': 'a character that is not ASCII',
};

/** The API key, and the calls that the provider's plan allows. */
export const providerTexts = {
  'api-key.unusable': (p: { fault: Nested }) =>
    `The API key cannot be used, and prices continue without it. It ${p.fault}. ` +
    'Copy it again from your account at CoinGecko, put it where it was and start again.',
  'api-key.unsendable': (p: { character: 'line-break' | 'control' | 'not-ascii'; position: number }) =>
    `has ${UNSENDABLE[p.character]} at position ${p.position}, which no request can carry`,
  'api-key.refused': (p: { reason: Nested }) =>
    'The API key does not work, and prices continue without it. ' +
    `Put the right one into COINGECKO_API_KEY and start again. (${p.reason})`,
  'api-key.no-way': () => 'no plan of CoinGecko accepts it',
  'api-key.for-another-server': (p: { keptFor: string; target: string }) =>
    `The API key was stored for ${p.keptFor} and is not sent to ${p.target}. ` +
    'Prices continue without it. Enter the key for this address in the settings.',
  'api-key.unencrypted': (p: { target: string }) =>
    `The API key is not sent to ${p.target}, because that connection is not encrypted. ` +
    'Prices continue without it. Use an https:// address of CoinGecko or of the proxy for it.',
  'poll.slow': (p: { intervalSeconds: number; reason: Nested; windowMinutes: number; mostSeconds: number }) =>
    `Prices are requested every ${p.intervalSeconds} s (${p.reason}), too seldom for a ${p.windowMinutes}-minute ` +
    `average: no alert can be raised. Set at most ${p.mostSeconds} s between requests where the plan allows it, or a longer average.`,
  'poll.cache': (p: { seconds: number }) => `CoinGecko renews its prices every ${p.seconds} s`,
  'poll.usual': () => 'the usual interval',
  'poll.chosen': () => 'your own choice',
  'poll.month': (p: { perMonth: number; left: number; days: number }) =>
    `${count(p.perMonth)} calls a month: ${p.left === 0 ? 'none' : count(p.left)} left for ` +
    `${p.days} ${p.days === 1 ? 'day' : 'days'}`,
  'budget.per-minute': (p: { perMinute: number }) => `${p.perMinute} calls a minute are allowed`,
  'budget.month-used-up': (p: { perMonth: number }) =>
    `the ${count(p.perMonth)} calls of this month are used up`,
  'budget.share-used-up': (p: { share: number; kind: 'history' | 'catalog' }) =>
    `the ${count(p.share)} calls that ${p.kind} may make this month are used up`,
  'budget.kept-for-prices': (p: { left: number }) =>
    `the last ${count(p.left)} calls of this month are kept for prices`,
  'calls-file.unwritable': (p: { reason: Nested }) =>
    `${p.reason} A restart would forget how many calls were made this month.`,
  'calls-file.damaged': (p: { reason: Nested; keptAs: string }) =>
    `${asSentence(p.reason)} The calls of this month are counted from zero; the file is kept as ${p.keptAs}.`,
  'calls-file.damaged-in-place': (p: { reason: Nested; failure: Nested }) =>
    `${asSentence(p.reason)} ${asSentence(p.failure)} The calls of this month are counted from zero.`,
  'calls-file.not-a-count': (p: { path: string }) => `${p.path} is not a count of calls`,
};
