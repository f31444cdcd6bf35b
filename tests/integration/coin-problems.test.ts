import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import { createCoinCatalog } from '../../electron/monitor/sources/coingecko/coin-catalog.ts';
import { createCoinIdAdvisor } from '../../electron/monitor/sources/coingecko/coin-id-advisor.ts';
import { createCoinProblems } from '../../electron/monitor/sources/coingecko/coin-problems.ts';
import type { PriceBatch } from '../../electron/monitor/sources/price-source.ts';
import { virtualClock } from '../../electron/monitor/time/clock.ts';
import { verbatim } from '../../shared/messages/message.ts';
import { textOf } from '../text-of.ts';

const START = Date.parse('2026-03-01T12:00:00Z');
const MINUTE_MS = 60_000;

let clock: ReturnType<typeof virtualClock>;
let server: DemoServer;
beforeEach(async () => {
  clock = virtualClock(START);
  server = await startDemoServer({ clock, seed: 'ids', record: true });
});
afterEach(() => server.close());

const catalog = () =>
  createCoinCatalog({
    access: () => ({ baseUrl: server.url, apiKey: null, plan: 'keyless', timeoutMs: 2_000 }),
    clock,
    log: silentLog,
  });
const signal = new AbortController().signal;
const calls = (endpoint: string): number =>
  server.requests().filter((each) => each.endpoint === endpoint).length;

describe('advice on unknown ids', () => {
  it('suggests a similar coin', async () => {
    const advice = await createCoinIdAdvisor(catalog()).advise(['bitconi', 'btc', 'xyzzy-plugh'], signal);
    expect([...advice.values()].map(textOf)).toEqual([
      '"bitconi" is not a CoinGecko coin id. Did you mean "bitcoin"?',
      '"btc" is not a CoinGecko coin id. Did you mean "bitcoin" (symbol BTC)?',
      '"xyzzy-plugh" is not a CoinGecko coin id. The id is the "API ID" on the coin\'s page at coingecko.com.',
    ]);
  });

  it('does not report a listed coin without a price as unknown', async () => {
    const advice = await createCoinIdAdvisor(catalog()).advise(['bitcoin'], signal);
    expect(textOf(advice.get('bitcoin'))).toBe('CoinGecko has no price for "bitcoin" at present.');
  });

  it('fetches the list of coins once a day, and never while nothing is missing', async () => {
    const advisor = createCoinIdAdvisor(catalog());
    await advisor.advise([], signal);
    expect(server.requests()).toEqual([]);
    await Promise.all([advisor.advise(['btc'], signal), advisor.advise(['eth'], signal)]);
    await clock.advance(23 * 60 * MINUTE_MS);
    await advisor.advise(['doge'], signal);
    expect(calls('/coins/list')).toBe(1);
    await clock.advance(2 * 60 * MINUTE_MS);
    await advisor.advise(['doge'], signal);
    expect(calls('/coins/list')).toBe(2);
  });

  it('gives no suggestion while the list is unavailable, and tries again later', async () => {
    server.setFault({ endpoint: '/coins/list', fault: { kind: 'status', status: 429 } });
    const advisor = createCoinIdAdvisor(catalog());
    const plain = '"btc" is not a CoinGecko coin id.';
    expect(textOf((await advisor.advise(['btc'], signal)).get('btc'))).toBe(plain);
    server.clearFaults();
    expect(textOf((await advisor.advise(['btc'], signal)).get('btc'))).toBe(plain);
    await clock.advance(10 * MINUTE_MS);
    expect(textOf((await advisor.advise(['btc'], signal)).get('btc'))).toContain('Did you mean "bitcoin"');
  });

  it('suggests by similarity when the ranks are unavailable', async () => {
    server.setFault({ endpoint: '/coins/markets', fault: { kind: 'status', status: 500 } });
    const advice = await createCoinIdAdvisor(catalog()).advise(['bitconi'], signal);
    expect(textOf(advice.get('bitconi'))).toContain('Did you mean "bitcoin"?');
  });

  it('stops when its signal is aborted', async () => {
    server.setFault({ endpoint: '*', fault: { kind: 'hang' } });
    const abort = new AbortController();
    const pending = createCoinIdAdvisor(catalog()).advise(['btc'], abort.signal);
    while (server.requests().length === 0) await new Promise((resolve) => setImmediate(resolve));
    const reason = new Error('the program stops');
    abort.abort(reason);
    await expect(pending).rejects.toBe(reason);
  });
});

describe('the problems of coins', () => {
  const batch = (changes: Partial<PriceBatch>): PriceBatch => ({
    ticks: [],
    missing: [],
    rejected: [],
    simulated: true,
    ...changes,
  });
  /** Waits for the next call of `onProblems`. */
  function listen() {
    const reported: (readonly (readonly [string, string])[])[] = [];
    let wake = (): void => {};
    const problems = createCoinProblems({
      catalog: catalog(),
      log: silentLog,
      onProblems: (map) => {
        reported.push([...map].map(([coinId, reason]) => [coinId, textOf(reason)]));
        wake();
      },
    });
    const untilReported = async (count: number): Promise<void> => {
      while (reported.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    return { problems, reported, untilReported };
  }

  it('are reported after each response that has some, and once when there are none any more', async () => {
    const { problems, reported, untilReported } = listen();
    problems.report(batch({}));
    problems.report(
      batch({ missing: ['btc'], rejected: [{ coinId: 'zcash', reason: verbatim('the price is null') }] }),
    );
    await untilReported(1);
    problems.report(batch({ missing: ['btc'] }));
    await untilReported(2);
    problems.report(batch({}));
    await untilReported(3);
    problems.report(batch({}));
    await problems.stop();
    const btc = ['btc', '"btc" is not a CoinGecko coin id. Did you mean "bitcoin" (symbol BTC)?'];
    expect(reported).toEqual([
      [btc, ['zcash', 'CoinGecko\'s response for "zcash" cannot be used: the price is null.']],
      [btc],
      [],
    ]);
  });

  it('are those of the newest response when a lookup is slow', async () => {
    server.setFault({ endpoint: '/coins/list', fault: { kind: 'delay', ms: 50 } });
    const { problems, reported, untilReported } = listen();
    problems.report(batch({ missing: ['btc', 'eth'] }));
    problems.report(batch({ missing: ['eth'] }));
    await untilReported(1);
    await problems.stop();
    expect(reported.map((each) => each.map(([coinId]) => coinId))).toEqual([['eth']]);
  });

  it('are not reported after a stop', async () => {
    server.setFault({ endpoint: '*', fault: { kind: 'hang' } });
    const { problems, reported } = listen();
    problems.report(batch({ missing: ['btc'] }));
    await problems.stop();
    problems.report(batch({ missing: ['eth'] }));
    expect(reported).toEqual([]);
  });
});
