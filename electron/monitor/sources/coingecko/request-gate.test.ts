import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { verbatim } from '../../../../shared/messages/message.ts';
import { virtualClock } from '../../time/clock.ts';
import type { Admission, CallKind } from '../budget/admission.ts';
import { FeedError } from '../price-source.ts';
import { createRequestGate } from './request-gate.ts';

const START = Date.parse('2026-03-01T12:00:00Z');
const LIST = 'https://api.coingecko.com/api/v3/coins/list';
const PRICE = 'https://api.coingecko.com/api/v3/simple/price?ids=bitcoin';

// The library's circuit breaker and timeout use the system clock and timers.
beforeEach(() => {
  vi.useFakeTimers({ now: START, toFake: ['Date', 'setTimeout', 'clearTimeout'] });
});
afterEach(() => vi.useRealTimers());

type Respond = () => Response | Promise<Response>;

/** A gate in front of a `fetch` that returns the responses in turn, and then always the last. */
function harness(responses: readonly Respond[]) {
  const clock = virtualClock(START);
  const counted: CallKind[] = [];
  const refunded: CallKind[] = [];
  const admission: { next: Admission } = { next: { ok: true } };
  let calls = 0;
  const gate = createRequestGate({
    budget: {
      tryAcquire(kind) {
        if (admission.next.ok) counted.push(kind);
        return admission.next;
      },
      refund: (kind) => refunded.push(kind),
    },
    clock,
  });
  const fetch = gate(async () => {
    const respond = responses[Math.min(calls++, responses.length - 1)];
    if (respond === undefined) throw new Error('there is no response');
    return respond();
  });
  const outcome = async (url: string, signal?: AbortSignal): Promise<number | string> => {
    try {
      return (await fetch(url, signal && { signal })).status;
    } catch (error) {
      if (!(error instanceof FeedError)) return String(error);
      return error.retryAfterMs === null ? error.kind : `${error.kind} ${error.retryAfterMs}`;
    }
  };
  return { clock, counted, refunded, admission, outcome, calls: () => calls };
}

const ok = () => new Response('{}');
const status =
  (code: number, headers: Record<string, string> = {}) =>
  () =>
    new Response('', { status: code, headers });
const unreachable = () => Promise.reject(new TypeError('fetch failed'));
const never = () => new Promise<Response>(() => {});

describe('the request gate', () => {
  it('makes no call that the budget refuses, and reports how long to wait', async () => {
    const { admission, outcome, calls } = harness([ok]);
    admission.next = { ok: false, retryAt: START + 5_000, reason: verbatim('enough') };
    expect([await outcome(LIST), await outcome(PRICE)]).toEqual(['rate-limited 5000', 'rate-limited 5000']);
    expect(calls()).toBe(0);
  });

  it('counts each call by its kind', async () => {
    const { outcome, counted } = harness([ok]);
    for (const url of [PRICE, LIST, 'http://host/coins/bitcoin/ohlc']) await outcome(url);
    expect(counted).toEqual(['price', 'catalog', 'history']);
  });

  it('refunds only calls that were never sent', async () => {
    const notFound = () =>
      Promise.reject(
        new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ENOTFOUND' }) }),
      );
    const nobody = Object.assign(new Error(), { code: 'ECONNREFUSED' });
    const refused = () =>
      Promise.reject(new TypeError('fetch failed', { cause: new AggregateError([nobody, nobody]) }));
    const { outcome, refunded } = harness([notFound, refused, unreachable, status(503)]);
    for (const url of [PRICE, LIST, PRICE, LIST]) await outcome(url);
    expect(refunded).toEqual(['price', 'catalog']);
  });

  it('opens after three consecutive failures, probes after growing delays, and closes after a success', async () => {
    const { outcome, counted } = harness([
      unreachable,
      status(503),
      unreachable,
      status(500),
      unreachable,
      ok,
    ]);
    const refused = 'unreachable 15000';
    expect([await outcome(LIST), await outcome(LIST), await outcome(LIST), await outcome(LIST)]).toEqual([
      'TypeError: fetch failed',
      503,
      'TypeError: fetch failed',
      refused,
    ]);
    vi.setSystemTime(START + 14_999);
    expect(await outcome(LIST)).toBe(refused);
    vi.setSystemTime(START + 15_000);
    expect([await outcome(LIST), await outcome(LIST)]).toEqual([500, refused]);
    vi.setSystemTime(START + 44_999);
    expect(await outcome(LIST)).toBe(refused);
    vi.setSystemTime(START + 45_000);
    expect([await outcome(LIST), await outcome(LIST)]).toEqual(['TypeError: fetch failed', refused]);
    vi.setSystemTime(START + 105_000);
    expect([await outcome(LIST), await outcome(LIST)]).toEqual([200, 200]);
    // Refused calls were not counted.
    expect(counted).toHaveLength(7);
  });

  it('lets a single call through to probe the provider', async () => {
    let release = (_response: Response): void => {};
    const slow = () =>
      new Promise<Response>((resolve) => {
        release = resolve;
      });
    const { outcome, calls } = harness([unreachable, unreachable, unreachable, slow, ok]);
    for (let call = 0; call < 3; call++) await outcome(LIST);
    vi.setSystemTime(START + 15_000);
    const both = Promise.all([outcome(LIST), outcome(LIST)]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(calls()).toBe(4);
    release(ok());
    expect(await both).toEqual([200, 200]);
  });

  it('does not block prices while the circuit is open, since the poller decides about them', async () => {
    const { outcome } = harness([unreachable, unreachable, unreachable, ok]);
    for (let call = 0; call < 3; call++) await outcome(LIST);
    expect(await outcome(PRICE)).toBe(200);
  });

  it.each([
    ['seconds', { 'retry-after': '42' }, 42_000],
    ['a date', { 'retry-after': new Date(START + 42_000).toUTCString() }, 42_000],
    ['nothing', {}, 60_000],
  ])('makes no calls after a 429 for as long as it asks: %s', async (_name, headers, waitMs) => {
    const { clock, outcome, calls } = harness([status(429, headers), ok]);
    expect(await outcome(LIST)).toBe(429);
    expect(await outcome(LIST)).toBe(`rate-limited ${waitMs}`);
    await clock.advance(waitMs - 1);
    expect(await outcome(LIST)).toBe('rate-limited 1');
    expect(calls()).toBe(1);
    await clock.advance(1);
    expect(await outcome(LIST)).toBe(200);
  });

  it('does not pause for longer than an hour', async () => {
    const { clock, outcome } = harness([status(429, { 'retry-after': '604800' }), ok]);
    expect([await outcome(LIST), await outcome(LIST)]).toEqual([429, 'rate-limited 3600000']);
    await clock.advance(3_600_000);
    expect(await outcome(LIST)).toBe(200);
  });

  it('pauses other calls after a price was rate-limited', async () => {
    const { outcome } = harness([status(429, { 'retry-after': '9' })]);
    expect([await outcome(PRICE), await outcome(LIST)]).toEqual([429, 'rate-limited 9000']);
  });

  it('ends an attempt after ten seconds, even if fetch ignores the signal', async () => {
    const { outcome } = harness([never]);
    const pending = outcome(LIST);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(await Promise.race([pending, Promise.resolve('waiting')])).toBe('waiting');
    await vi.advanceTimersByTimeAsync(1);
    expect(await pending).toContain('timed out');
  });

  it('does not count calls aborted by the caller as failures', async () => {
    const { outcome, calls } = harness([never, never, never, ok]);
    for (let call = 0; call < 3; call++) {
      const abort = new AbortController();
      const pending = outcome(LIST, abort.signal);
      abort.abort();
      expect(await pending).toContain('AbortError');
    }
    expect(await outcome(LIST)).toBe(200);
    expect(calls()).toBe(4);
  });

  it('does not open on 4xx responses', async () => {
    const { outcome, calls } = harness([status(401), status(404), status(401), status(404), ok]);
    for (let call = 0; call < 4; call++) await outcome(LIST);
    expect(await outcome(LIST)).toBe(200);
    expect(calls()).toBe(5);
  });
});
