import type { SeededRandom } from './seeded-random.ts';

/** A response as sent over the wire. */
export type WireResponse = {
  /** Null to reset the connection instead. */
  readonly status: number | null;
  readonly contentType: string;
  readonly body: Buffer;
};

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
type Coins = { [coinId: string]: { [field: string]: Json } };

/** A placeholder for a number that JSON can represent and JavaScript cannot. */
const TOO_LARGE = '@@too large@@';
const JSON_TYPE = 'application/json; charset=utf-8';
const SECOND_MS = 1_000;
const DAY_S = 86_400;

const ODD_VALUES: readonly Json[] = [
  null,
  true,
  false,
  0,
  -0,
  -1,
  -77_000.5,
  1e308,
  Number.MAX_VALUE,
  1e-310,
  Number.MIN_VALUE,
  TOO_LARGE,
  'NaN',
  'Infinity',
  '77000',
  '',
  '💥\u0000\u202e"\\',
  [],
  {},
  [77_000],
  [[[[]]]],
  { usd: 77_000 },
  { toString: 1, valueOf: null },
];

const WHOLE_BODIES: readonly string[] = [
  '',
  ' ',
  'null',
  'true',
  '0',
  '"text"',
  '[]',
  '{}',
  '[{}]',
  'NaN',
  '{"bitcoin":{"usd":NaN}}',
  '{"status":{"error_code":429,"error_message":"You have exceeded the rate limit"}}',
  '{"error":"coin not found"}',
  '<!doctype html><title>Just a moment…</title>',
  '\u0000\u0000\u0000',
];
const STATUSES = [201, 202, 204, 206, 301, 304, 400, 401, 403, 404, 418, 429, 500, 502, 503, 599] as const;
const CONTENT_TYPES = [
  'text/html',
  'text/plain; charset=latin1',
  'application/octet-stream',
  'nonsense',
] as const;
const PROTOTYPE_NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'] as const;

/**
 * Corrupts a valid response of `/simple/price` in one or several ways, reproducibly for the same seed.
 *
 * @param keepsForm whether only values are corrupted: such responses get furthest into the program
 */
export function mutateResponse(
  trueBody: string,
  nowMs: number,
  random: SeededRandom,
  keepsForm: boolean,
): WireResponse {
  const coins = JSON.parse(trueBody) as Coins;
  const changes = random.whole(1, 4);
  for (let change = 0; change < changes; change++) spoilCoin(coins, nowMs, random);
  let text = JSON.stringify(coins).replaceAll(`"${TOO_LARGE}"`, '1e400');
  if (keepsForm) return { status: 200, contentType: JSON_TYPE, body: Buffer.from(text) };
  if (random.next() < 0.25) text = spoilText(text, random);
  let body: Buffer = Buffer.from(text);
  if (random.next() < 0.15) body = spoilBytes(body, random);
  const kind = random.next();
  return {
    status: kind < 0.02 ? null : kind < 0.08 ? random.pick(STATUSES) : 200,
    contentType: random.next() < 0.05 ? random.pick(CONTENT_TYPES) : JSON_TYPE,
    body,
  };
}

function spoilCoin(coins: Coins, nowMs: number, random: SeededRandom): void {
  const coinId = random.pick(Object.keys(coins));
  const entry = coins[coinId];
  const kind = random.next();
  if (kind < 0.1 || entry === undefined) {
    coins[coinId] = structuredClone(random.pick(ODD_VALUES)) as Coins[string];
    return;
  }
  // An earlier mutation may have changed the type of the entry.
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return;
  if (kind < 0.3) {
    entry.last_updated_at = oddTime(nowMs, random);
    return;
  }
  const names = Object.keys(entry);
  if (names.length === 0) return;
  const field = random.pick(names);
  if (kind < 0.4) delete entry[field];
  else if (kind < 0.5) {
    const value = entry[field] ?? null;
    delete entry[field];
    entry[random.pick(['USD', ' usd', 'usd\u0000', 'lastUpdatedAt', '💰'])] = value;
  } else entry[field] = structuredClone(random.pick(ODD_VALUES));
}

function oddTime(nowMs: number, random: SeededRandom): Json {
  const now = Math.floor(nowMs / SECOND_MS);
  return random.pick<Json>([
    0,
    -1,
    now * 1_000,
    now + 0.123_456,
    now - 7 * DAY_S,
    now - 3_650 * DAY_S,
    1_230_940_800,
    1_230_940_799,
    1e11,
    1e11 + 1,
    now + 10,
    now + DAY_S,
    1e300,
    TOO_LARGE,
    String(now),
    new Date(nowMs).toISOString(),
    null,
    [now],
  ]);
}

function spoilText(text: string, random: SeededRandom): string {
  const name = random.pick(PROTOTYPE_NAMES);
  const [coin = '{}'] = /\{[^{}]*\}/.exec(text) ?? [];
  return random.pick([
    () => random.pick(WHOLE_BODIES),
    () => `[${text}]`,
    () => `${text}${text}`,
    () => `\ufeff${text}`,
    () => text.replace('{', `{"${name}":${coin},`),
    () => text.replace('{', `{"${name}":{"polluted":true},`),
    () => text.replace('{"', `{"bitcoin":${coin},"`),
    () => text.replace(coin, coin.replace('{', `{"${name}":{"polluted":true},"usd":-5,`)),
    () => text.replaceAll(':', random.pick([': \n', '::', '='])),
    () => `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
    () => '['.repeat(50_000),
  ])();
}

function spoilBytes(body: Buffer, random: SeededRandom): Buffer {
  if (body.length === 0) return body;
  const at = random.whole(0, body.length - 1);
  return random.pick([
    () => body.subarray(0, at),
    () => body.subarray(at),
    () => Buffer.concat([body.subarray(0, at), Buffer.from([0xc3, 0x28, 0xff]), body.subarray(at)]),
    () => Buffer.concat([body.subarray(0, at), Buffer.from([random.whole(0, 255)]), body.subarray(at + 1)]),
  ])();
}
