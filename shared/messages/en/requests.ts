import type { Nested } from './nested.ts';

/** The kinds of values found instead of a number. The value itself is omitted, so that equal faults have equal texts and can be counted. */
const VALUE_KINDS = {
  null: 'null',
  list: 'a list',
  text: 'text',
  object: 'an object',
  boolean: 'a boolean',
  'too-large': 'too large a number',
  zero: 'zero',
  negative: 'negative',
  impossible: 'an impossible number',
};
export type ValueKind = keyof typeof VALUE_KINDS;

const FIGURES = { volume: '24-hour volume', 'market-cap': 'market cap', change: '24-hour change' };

/** Why a request to a provider failed. */
export const requestTexts = {
  'request.timeout': (p: { host: string }) => `${p.host} did not respond in time`,
  'request.unreachable': (p: { host: string; reason: Nested }) => `cannot reach ${p.host}: ${p.reason}`,
  'request.failed': (p: { host: string; reason: Nested }) => `the request to ${p.host} failed: ${p.reason}`,
  'request.unusable-answer': (p: { host: string; reason: Nested }) =>
    `the response of ${p.host} cannot be used: ${p.reason}`,
  'request.redirect': () => 'it is a redirect, which is not followed: check the base URL and the network',
  'request.untrusted': (p: { host: string; reason: string }) =>
    `the certificate of ${p.host} is not trusted: ${p.reason}`,
  'request.untrusted-clock': (p: { host: string; reason: string }) =>
    `the certificate of ${p.host} is not trusted: ${p.reason}; check the clock of this machine`,
  'request.untrusted-issuer': (p: { host: string; reason: string }) =>
    `the certificate of ${p.host} is not trusted: ${p.reason}; if a proxy of your company inspects traffic, set ` +
    "NODE_EXTRA_CA_CERTS to the file of its certificate (in the desktop app, add it to the system's trusted ones)",

  'request.proxy-failed': (p: { proxy: string; reason: Nested }) =>
    `the proxy ${p.proxy} did not connect: ${p.reason}`,
  'request.proxy-timeout': (p: { seconds: number }) => `no response within ${p.seconds} s`,
  'request.proxy-answer': (p: { status: number; said: string }) => `it responded with ${p.status} ${p.said}`,
  'request.no-connection': (p: { host: string }) => `no connection to ${p.host} was made`,
  'tls.unreadable': (p: { name: string; path: string; code: string }) =>
    p.code === 'ENOENT'
      ? `There is no file ${p.path}, which "${p.name}" names.`
      : `The file ${p.path}, which "${p.name}" names, cannot be read (${p.code}).`,
  'tls.no-certificate': (p: { name: string; path: string }) =>
    `The file ${p.path}, which "${p.name}" names, has to hold a certificate in PEM.`,
  'tls.no-key': (p: { name: string; path: string }) =>
    `The file ${p.path}, which "${p.name}" names, has to hold a private key in PEM.`,
  'tls.locked-key': (p: { path: string; password: string }) =>
    `The key in ${p.path} is encrypted, and "${p.password}" is missing or wrong.`,
  'tls.other-key': (p: { key: string; cert: string }) =>
    `The key in ${p.key} is not that of the certificate in ${p.cert}.`,
  'request.no-route': (p: { host: string }) => `there is no route to ${p.host}`,

  'coingecko.not-json': () => "CoinGecko's response is not JSON, or is truncated",
  'coingecko.unexpected-form': () => "CoinGecko's response has an unexpected form",
  'coingecko.limited': (p: { said: string | null }) => `CoinGecko limits our requests (429)${quote(p.said)}`,
  'coingecko.wants-key': (p: { code: number; said: string | null }) =>
    `CoinGecko refuses our requests (${p.code}): it requires an API key${quote(p.said)}`,
  'coingecko.refuses-key': (p: { code: number; said: string | null }) =>
    `CoinGecko refuses our requests (${p.code}): check the API key and the base URL${quote(p.said)}`,
  'coingecko.forbidden': (p: { said: string | null }) =>
    `CoinGecko refuses our requests (403)${quote(p.said)}`,
  'coingecko.redirect': (p: { status: number; to: string | null }) =>
    `CoinGecko responded with ${p.status}, a redirect${p.to === null ? '' : ` to ${p.to}`}, which is not followed: check the base URL and the network`,
  'coingecko.not-found': (p: { said: string | null }) =>
    `CoinGecko responded with 404: check the base URL${quote(p.said)}`,
  'coingecko.status': (p: { status: number; said: string | null }) =>
    `CoinGecko responded with ${p.status}${quote(p.said)}`,
  'coingecko.no-status': (p: { status: number }) =>
    `CoinGecko responded with ${p.status}, which is not an HTTP status`,
  'coingecko.error': (p: { code: number | null; said: string | null }) =>
    `CoinGecko responded with an error${p.code === null ? '' : ` ${p.code}`}${quote(p.said)}`,
  'coingecko.broke-off': (p: { bytes: number }) => `CoinGecko's response was cut off after ${p.bytes} bytes`,
  'coingecko.too-large': () => "CoinGecko's response is larger than 5 MB, and was not read completely",
  'coingecko.not-called': (p: { reason: Nested }) => `a request to CoinGecko was not made: ${p.reason}`,
  'coingecko.pause': () => 'CoinGecko asked for a pause',
  'coingecko.circuit-open': () => 'CoinGecko failed repeatedly; requests are paused',
  'coingecko.short-candles': (p: { coinId: string; interval: string }) =>
    `CoinGecko's candles of "${p.coinId}" are shorter than ${p.interval}`,

  'answer.no-prices': () => 'the response has no price of any of the coins',
  'answer.not-an-object': (p: { kind: ValueKind }) => `the entry is not an object but ${VALUE_KINDS[p.kind]}`,
  'answer.not-numbers': () => 'the price or its time is not a number',
  'answer.no-price': (p: { vsCurrency: string }) => `there is no price in "${p.vsCurrency}"`,
  'answer.implausible-price': () => 'the price is not a plausible number',
  'answer.wrong-price': (p: { kind: ValueKind }) =>
    `the price is ${VALUE_KINDS[p.kind]}, not a number above zero`,
  'answer.no-time': () => 'last_updated_at is missing',
  'answer.wrong-time': (p: { kind: ValueKind }) =>
    `last_updated_at is ${VALUE_KINDS[p.kind]}, not a number of UNIX seconds`,
  'answer.wrong-figure': (p: { figure: keyof typeof FIGURES; kind: ValueKind }) =>
    `the ${FIGURES[p.figure]} is ${VALUE_KINDS[p.kind]}, and was left out`,
  'answer.impossible-time': (p: { fault: Nested }) => `last_updated_at ${p.fault}`,

  'source.failed': (p: { reason: string }) => `the price source failed: ${p.reason}`,
  'source.paused': () => 'no requests are made during a pause',

  'exchange.limited': (p: { exchange: string; said: string }) =>
    `${p.exchange} limits our requests: ${p.said}`,
  'exchange.refuses': (p: { exchange: string; said: string }) =>
    `${p.exchange} refuses our requests: ${p.said}`,
  'exchange.unreachable': (p: { exchange: string; said: string }) => `cannot reach ${p.exchange}: ${p.said}`,
  'exchange.unusable-answer': (p: { exchange: string; reason: Nested }) =>
    `${p.exchange}'s response cannot be used: ${p.reason}`,
  'exchange.no-markets': (p: { exchange: string }) => `${p.exchange} returned no markets`,
  'exchange.no-prices': (p: { exchange: string }) => `${p.exchange} returned no prices`,
  'exchange.closed': () => 'the exchange closed the connection',
  'exchange.broke': (p: { exchange: string }) =>
    `the connection to ${p.exchange} was lost before anything was requested`,
  'exchange.no-reason': () => 'it gave no reason',
  'exchange.no-name': (p: { exchange: string }) => `${p.exchange} does not list this market on its WebSocket`,
  'exchange.silent': (p: { exchange: string; seconds: number }) =>
    `${p.exchange} sent nothing for ${p.seconds} s`,
};

/** The provider's own text, in quotation marks. */
const quote = (said: string | null): string => (said === null ? '' : ` – "${said}"`);
