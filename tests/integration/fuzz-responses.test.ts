import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { startDemoServer } from '../../demo/server.ts';
import { createAlertEngine } from '../../electron/monitor/alerts/engine.ts';
import { movingAverageRule } from '../../electron/monitor/alerts/rule-fixture.ts';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import { coinGeckoSource } from '../../electron/monitor/sources/coingecko/coingecko.ts';
import { createPoller } from '../../electron/monitor/sources/polling/poller.ts';
import type { Clock } from '../../electron/monitor/time/clock.ts';
import { type Alert, alertSchema } from '../../shared/domain/alert.ts';
import type { FeedState } from '../../shared/domain/feed-state.ts';
import { type Tick, tickSchema } from '../../shared/domain/tick.ts';
import { mutateResponse, type WireResponse } from './mutate-response.ts';
import { createSeededRandom, replayable, seedFrom } from './seeded-random.ts';
import { openTestStorage, queryEmbedded, withDataDir } from './storage-fixture.ts';

const SEED = seedFrom('FUZZ_SEED', 1);
const START = Date.UTC(2026, 2, 14, 12);
const COINS = ['bitcoin', 'ethereum', 'zcash'];
const RESPONSES = 2_000;
/** The number of responses with only corrupted values, which alternate with as many that are corrupted in any way. */
const STRETCH = 40;
const GOOD_POLLS_AFTER = 30;
const POLL_MS = 30_000;

/** A clock for one sleeper: sleeping advances it immediately, so that days of back-off take seconds. */
function leapingClock(start: number): Clock {
  let now = start;
  return {
    now: () => now,
    speed: 1,
    async sleep(ms, signal) {
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      now += ms;
    },
  };
}

/** A provider that corrupts each response of another one with `spoil`. */
async function startSpoiler(
  providerUrl: string,
  spoil: (trueBody: string) => WireResponse,
  onError: (error: unknown) => void,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const reply = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const trueResponse = await fetch(`${providerUrl}${request.url}`);
    const date = trueResponse.headers.get('date') ?? '';
    const { status, contentType, body } = spoil(await trueResponse.text());
    if (status === null) response.socket?.resetAndDestroy();
    else response.writeHead(status, { 'content-type': contentType, date }).end(body);
  };
  const server = createServer((request, response) => {
    reply(request, response).catch(onError);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

type TickRow = { readonly coin_id: string; readonly observed_at: Date; readonly price: number };

/** Each query finds the rows that violate a rule. */
const RULES = [
  `select * from ticks where not (price > 0 and price < 'infinity')`,
  `select * from ticks where not (coalesce(volume_24h, 0) >= 0 and coalesce(volume_24h, 0) < 'infinity')`,
  `select * from ticks where not (coalesce(market_cap, 0) >= 0 and coalesce(market_cap, 0) < 'infinity')`,
  `select * from ticks where source <> 'coingecko' or vs_currency <> 'usd'`,
  `select * from ticks where observed_at < '2009-01-03' or observed_at > '5139-01-01'`,
  `select * from candles_1m where not (low > 0 and low <= least(open, close) and high >= greatest(open, close))`,
  `select * from candles_1h where not (low > 0 and low <= least(open, close) and high >= greatest(open, close))`,
  `select (select sum(tick_count) from candles_1m), (select count(*) from ticks)
   where (select sum(tick_count) from candles_1m) <> (select count(*) from ticks)`,
  `select * from alerts where jsonb_typeof(figures -> 'average') <> 'number'
   or jsonb_typeof(figures -> 'changePct') <> 'number'`,
];

const keyOf = ({ coinId, observedAt }: Tick): string => `${coinId} ${observedAt}`;

describe('corrupted responses', () => {
  it(`neither crash the poller nor leave an invalid row, and it is live again after ${RESPONSES} of them`, () =>
    replayable('FUZZ_SEED', SEED, () =>
      withDataDir(async (dataDir) => {
        const random = createSeededRandom(SEED);
        const clock = leapingClock(START);
        const market = await startDemoServer({ clock, seed: 'fuzz', jumpsPerDay: 0 });
        const allServed = Promise.withResolvers<void>();
        let requested = 0;
        const provider = await startSpoiler(
          market.url,
          (trueBody) => {
            requested += 1;
            if (requested > RESPONSES)
              return { status: 200, contentType: 'application/json', body: Buffer.from(trueBody) };
            // Responses that keep their form do not fail, so prices follow one another as closely as the alert rule requires.
            const keepsForm = Math.floor(requested / STRETCH) % 2 === 0;
            return mutateResponse(trueBody, clock.now(), random, keepsForm);
          },
          allServed.reject,
        );
        const storage = openTestStorage(dataDir);
        const engine = createAlertEngine([movingAverageRule()]);
        const accepted: Tick[] = [];
        const states: FeedState[] = [];
        const accepting: Promise<void>[] = [];
        const raised: Alert[] = [];
        const broken: string[] = [];
        const objectNames = Object.getOwnPropertyNames(Object.prototype);

        const feed = createPoller({
          source: coinGeckoSource({
            baseUrl: provider.url,
            apiKey: null,
            plan: 'keyless',
            timeoutMs: 5_000,
            clock,
          }),
          clock,
          random: random.next,
          log: silentLog,
          request: { coins: COINS, vsCurrency: 'usd' },
          pollMs: () => POLL_MS,
          listener: {
            onTicks(ticks) {
              const alerts = ticks.flatMap((tick) => engine.check(tick));
              accepted.push(...ticks);
              raised.push(...alerts);
              const written = alerts.map((alert) => JSON.stringify(alert));
              broken.push(...written.filter((text) => !alertSchema.safeParse(JSON.parse(text)).success));
              accepting.push(storage.accept({ ticks, alerts }));
            },
            onState(state) {
              states.push(state);
              if (requested >= RESPONSES + GOOD_POLLS_AFTER) allServed.resolve();
            },
            onBatch: () => {},
          },
        });
        try {
          feed.start();
          await allServed.promise;
          await feed.stop();
          expect(states.at(-1)?.status).toBe('live');
          await Promise.all(accepting);

          // The corrupted prices have left the windows: averages are of later, valid prices.
          const changeOf = (coinId: string): number => {
            const newest = accepted.findLast((tick) => tick.coinId === coinId);
            return (newest && engine.reading(newest)?.changePct) ?? 100;
          };
          for (const coinId of COINS) {
            expect(Math.abs(changeOf(coinId))).toBeLessThan(5);
          }
          for (const tick of accepted) tickSchema.parse(tick);
          expect(broken).toEqual([]);
          expect(new Set(accepted.map(({ coinId }) => coinId))).toEqual(new Set(COINS));
          expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(objectNames);

          await storage.untilWritten();
          expect(storage.queueState()).toEqual({ waitingTicks: 0, deadLetters: 0 });
          expect(storage.problems()).toEqual([]);
          // A time that is repeated much later is passed on again, and the database ignores it.
          const first = new Map(accepted.toReversed().map((tick) => [keyOf(tick), tick.price]));
          const rows = await queryEmbedded<TickRow>(dataDir, 'select coin_id, observed_at, price from ticks');
          const stored = rows.map(
            (row) => [`${row.coin_id} ${row.observed_at.getTime()}`, row.price] as const,
          );
          expect(new Map(stored)).toEqual(first);
          expect(rows).toHaveLength(first.size);
          for (const rule of RULES) expect(await queryEmbedded(dataDir, rule), rule).toEqual([]);
          const alerts = await storage.alerts({ limit: 200 });
          expect(alerts.map(({ id }) => id).toSorted()).toEqual(raised.map(({ id }) => id).toSorted());
          for (const alert of alerts) alertSchema.parse(alert);
        } finally {
          await feed.stop();
          await provider.close();
          await market.close();
          await storage.stop(5_000);
        }
      }),
    ));
});
