import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadCoins } from '../../demo/coins.ts';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import { coinGeckoHistory } from '../../electron/monitor/sources/backfill/coingecko-history.ts';
import { createCoinCatalog } from '../../electron/monitor/sources/coingecko/coin-catalog.ts';
import { createCoinSearch } from '../../electron/monitor/sources/coingecko/coin-search.ts';
import { type CoinGecko, openCoinGecko } from '../../electron/monitor/sources/coingecko/open-coingecko.ts';
import { createQuoteCurrencies } from '../../electron/monitor/sources/coingecko/quote-currencies.ts';
import { virtualClock } from '../../electron/monitor/time/clock.ts';
import { settingsSchema } from '../../shared/settings/settings.ts';
import { until } from '../program.ts';
import { inWords, textOf } from '../text-of.ts';

const START = Date.parse('2026-11-21T12:00:00Z');
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const KEY = 'CG-a-secret-key';
const signal = new AbortController().signal;

let clock: ReturnType<typeof virtualClock>;
let market: DemoServer;
let folder: string;
let opened: CoinGecko[];
let accesses: number;
let verdicts: number;
beforeEach(async () => {
  clock = virtualClock(START);
  market = await startDemoServer({ clock, seed: 'account', record: true, coins: loadCoins(500) });
  folder = mkdtempSync(join(tmpdir(), 'account-test-'));
  opened = [];
  accesses = 0;
  verdicts = 0;
});
afterEach(async () => {
  for (const each of opened) await each.stop();
  await market.close();
  rmSync(folder, { recursive: true, force: true });
});

const COINS = loadCoins(500).map(({ id }) => id);

function open(apiKey: string | null, baseUrl = market.url): CoinGecko {
  const coinGecko = openCoinGecko({
    dataDir: folder,
    apiKey,
    baseUrl,
    clock,
    random: () => 0.5,
    log: silentLog,
    preferredSeconds: () => null,
    request: () => ({ coins: COINS, vsCurrency: 'usd' }),
    reportBudget: () => undefined,
    reportProblems: () => {
      verdicts += 1;
    },
  });
  verdicts = 0; // it has reported that there is no problem yet
  opened.push(coinGecko);
  return coinGecko;
}

const onAccess = (): void => {
  accesses += 1;
};
const requested = () => market.requests().map(({ endpoint }) => endpoint);

describe('the account at the provider', () => {
  it('fetches 500 coins in one call, counts it, and spreads calls over the month', async () => {
    const coinGecko = open(KEY);
    const batch = await coinGecko.source.fetchPrices({ coins: COINS, vsCurrency: 'usd' }, signal);
    expect(batch.ticks).toHaveLength(500);
    expect(requested()).toEqual(['/simple/price']);
    expect(inWords(coinGecko.status())).toEqual({
      plan: 'demo',
      usedThisMonth: 1,
      leftThisMonth: 9_999,
      // 9.5 days for 9,207 polls, after a part is reserved for history and search.
      intervalSeconds: 90,
      reason: '10,000 calls a month: 9,999 left for 10 days',
    });
  });

  it('checks a key once, in the background', async () => {
    const coinGecko = open(KEY);
    coinGecko.start(onAccess);
    await until(() => verdicts === 1);
    coinGecko.start(onAccess);
    expect(requested()).toEqual(['/ping']);
    expect(market.requests()[0]?.headers['x-cg-demo-api-key']).toBe(KEY);
    expect(coinGecko.problems()).toEqual([]);
    expect([coinGecko.access().plan, accesses]).toEqual(['demo', 0]);
  });

  it('makes no key check without a key', async () => {
    open(null).start(onAccess);
    await clock.advance(MINUTE_MS);
    expect(market.requests()).toEqual([]);
  });

  it('continues without a refused key, and reports it without revealing it', async () => {
    market.setFault({ endpoint: '/ping', fault: { kind: 'status', status: 401 } });
    const coinGecko = open(KEY);
    coinGecko.start(onAccess);
    await until(() => verdicts === 1);
    const [problem] = coinGecko.problems();
    expect(textOf(problem?.message)).toMatch(
      /^The API key does not work, and prices continue without it\. .*\(CoinGecko refuses our requests \(401\)/,
    );
    expect(textOf(problem?.message)).toContain('COINGECKO_API_KEY');
    expect(textOf(problem?.message)).not.toContain(KEY);
    await coinGecko.source.fetchPrices({ coins: ['load-coin-1'], vsCurrency: 'usd' }, signal);
    const headers = market.requests().at(-1)?.headers ?? {};
    expect([headers['x-cg-demo-api-key'], headers['x-cg-pro-api-key']]).toEqual([undefined, undefined]);
    expect(inWords(coinGecko.status())).toMatchObject({ plan: 'keyless', leftThisMonth: null });
    expect(accesses).toBe(1);
  });

  it('checks a refused key again after hours, and uses it once it is accepted', async () => {
    market.setFault({ endpoint: '/ping', fault: { kind: 'status', status: 401 }, times: 1 });
    const coinGecko = open(KEY);
    coinGecko.start(onAccess);
    await until(() => verdicts === 1);
    await clock.advance(6 * 60 * MINUTE_MS);
    await until(() => verdicts === 2);
    expect([coinGecko.access().plan, coinGecko.problems(), accesses]).toEqual(['demo', [], 2]);
  });

  it('adopts the limits and the usage of a Pro key', async () => {
    const server = createServer((request, response) => {
      const isPro = request.headers['x-cg-pro-api-key'] === KEY && request.url === '/key';
      response.writeHead(isPro ? 200 : 401, { 'content-type': 'application/json' });
      const usage = {
        plan: 'Analyst',
        rate_limit_request_per_minute: 500,
        monthly_call_credit: 500_000,
        current_total_monthly_calls: 440_000,
        current_remaining_monthly_calls: 60_000,
      };
      response.end(JSON.stringify(isPro ? usage : { status: { error_code: 10_010, error_message: 'Pro' } }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : null;
    const coinGecko = open(KEY, `http://127.0.0.1:${port}`);
    coinGecko.start(onAccess);
    await until(() => verdicts === 1);
    expect(inWords(coinGecko.status())).toMatchObject({
      plan: 'pro',
      usedThisMonth: 440_000,
      leftThisMonth: 60_000,
      reason: '500,000 calls a month: 60,000 left for 10 days',
    });
    server.close();
    server.closeAllConnections();
  });

  it('retries the key check while the provider is unreachable', async () => {
    market.setFault({ endpoint: '/ping', fault: { kind: 'status', status: 503 }, times: 2 });
    const coinGecko = open(KEY);
    coinGecko.start(onAccess);
    await until(async () => {
      await clock.advance(30_000);
      return verdicts === 1;
    });
    expect(requested()).toEqual(['/ping', '/ping', '/ping']);
    expect(coinGecko.access().plan).toBe('demo');
  });

  it('waits for the limit per minute, and reports the limit per month', async () => {
    const coinGecko = open(KEY);
    for (let call = 0; call < 30; call++) coinGecko.budget.tryAcquire('price');
    const prices = coinGecko.source.fetchPrices({ coins: ['load-coin-1'], vsCurrency: 'usd' }, signal);
    await clock.advance(60_999);
    expect(requested()).toEqual([]);
    await clock.advance(1);
    await prices;
    expect(requested()).toEqual(['/simple/price']);

    coinGecko.budget.raiseTo(10_000);
    await expect(
      coinGecko.source.fetchPrices({ coins: ['load-coin-1'], vsCurrency: 'usd' }, signal),
    ).rejects.toMatchObject({
      kind: 'rate-limited',
      message: 'the 10,000 calls of this month are used up',
    });
    expect(requested()).toHaveLength(1);
  });

  it('continues counting after a restart', async () => {
    await open(KEY).source.fetchPrices({ coins: ['load-coin-1'], vsCurrency: 'usd' }, signal);
    expect(open(KEY).status().usedThisMonth).toBe(1);
    expect(open('CG-another-key').status().usedThisMonth).toBe(0);
  });

  it.each(['CG-a-secret\nkey', 'CG-🔑', 'CG-\u0000'])(
    'continues without a key that no request can contain: %j',
    async (key) => {
      const coinGecko = open(key);
      coinGecko.start(onAccess);
      const batch = await coinGecko.source.fetchPrices(
        { coins: COINS.slice(0, 2), vsCurrency: 'usd' },
        signal,
      );
      expect(batch.ticks).toHaveLength(2);
      expect(coinGecko.status().plan).toBe('keyless');
      const [problem] = coinGecko.problems();
      expect(problem?.id).toBe('api-key');
      expect(textOf(problem?.message)).toMatch(
        /^The API key cannot be used, and prices continue without it\. It has /,
      );
      expect(textOf(problem?.message)).not.toContain('CG-');
    },
  );
});

describe('looking up coins and currencies', () => {
  const lookups = () => {
    const { access } = open(null);
    const catalog = createCoinCatalog({ access, clock, log: silentLog });
    return {
      search: createCoinSearch({ access, catalog, clock }),
      currencies: createQuoteCurrencies({ access, clock }),
    };
  };

  it('finds coins by name, symbol and id, with one request per query', async () => {
    const { search } = lookups();
    const found = await search.find('  Load Coin 7', signal);
    expect(found[0]).toEqual({ id: 'load-coin-7', symbol: 'lc7', name: 'Load Coin 7', rank: 7 });
    expect((await search.find('LC500', signal)).map(({ id }) => id)).toEqual(['load-coin-500']);
    await search.find('load coin 7', signal);
    expect(requested()).toEqual(['/search', '/search']);
  });

  it('supports coins with unusual ids in search, prices and history', async () => {
    const [template] = loadCoins(1);
    if (template === undefined) throw new Error('there is no coin to copy');
    const odd = ['-3', '_', '币安人生', 'a.b_c'];
    await market.close();
    const coins = odd.map((id) => ({ ...template, id, name: `Odd ${id}` }));
    market = await startDemoServer({ clock, seed: 'odd', record: true, coins });

    const found = (await lookups().search.find('odd', signal)).map(({ id }) => id);
    expect(found.toSorted()).toEqual(odd.toSorted());
    const accepted = settingsSchema.shape.coins.parse(found);
    expect(accepted).toEqual(found);
    const coinGecko = open(null);
    const batch = await coinGecko.source.fetchPrices({ coins: accepted, vsCurrency: 'usd' }, signal);
    expect(batch.ticks.map(({ coinId }) => coinId)).toEqual(found);
    const past = coinGeckoHistory({ access: coinGecko.access, clock });
    for (const coinId of accepted) {
      const query = { coinId, vsCurrency: 'usd', interval: '1h', from: START - DAY_MS, to: START } as const;
      expect((await past.fetchCandles(query, signal))?.length).toBeGreaterThan(20);
    }
  });

  it('returns no id that the settings would reject', async () => {
    const [template] = loadCoins(1);
    if (template === undefined) throw new Error('there is no coin to copy');
    await market.close();
    const coins = ['two words', 'a,b', '..', 'good'].map((id) => ({ ...template, id }));
    market = await startDemoServer({ clock, seed: 'odd', coins });
    const { search } = lookups();
    expect((await search.find('load', signal)).map(({ id }) => id)).toEqual(['good']);
    market.setFault({ endpoint: '/search', fault: { kind: 'status', status: 503 } });
    expect((await search.find('load coin', signal)).map(({ id }) => id)).toEqual(['good']);
  });

  it('falls back to the list of coins when the search fails', async () => {
    market.setFault({ endpoint: '/search', fault: { kind: 'status', status: 503 } });
    const { search } = lookups();
    expect((await search.find('lc42', signal))[0]?.id).toBe('load-coin-42');
    market.setFault({ endpoint: '*', fault: { kind: 'reset' } });
    expect((await search.find('lc43', signal))[0]?.id).toBe('load-coin-43');
  });

  it('reports why when both are unavailable', async () => {
    market.setFault({ endpoint: '*', fault: { kind: 'status', status: 503 } });
    await expect(lookups().search.find('btc', signal)).rejects.toMatchObject({ kind: 'bad-answer' });
  });

  it('lists the quote currencies, which are fetched once a day; returns the old list while that fails', async () => {
    const { currencies } = lookups();
    expect(await currencies.list(signal)).toContain('eur');
    await currencies.list(signal);
    expect(requested()).toEqual(['/simple/supported_vs_currencies']);
    await clock.advance(25 * 60 * MINUTE_MS);
    market.setFault({ endpoint: '*', fault: { kind: 'reset' } });
    expect(await currencies.list(signal)).toContain('eur');
    expect(requested()).toHaveLength(2);
  });
});
