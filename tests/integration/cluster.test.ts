import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCoins } from '../../demo/coins.ts';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { createAlertEngine } from '../../electron/monitor/alerts/engine.ts';
import type { LogRecord } from '../../electron/monitor/log/tick-log.ts';
import { scaledClock } from '../../electron/monitor/time/clock.ts';
import type { EventMessage } from '../../shared/contract/events.ts';
import { isResolvedEvent } from '../../shared/domain/alert.ts';
import { ruleOf } from '../../shared/domain/rule.ts';
import { rulesInForce } from '../../shared/settings/rules-in-force.ts';
import { type KafkaCluster, kafkaIsMissing, startKafka } from '../counterparts/kafka.ts';
import { type RedisServer, redisIsMissing, startRedis } from '../counterparts/redis.ts';
import { databaseClient } from '../database-client.ts';
import { alertLines, environmentFor, openPage, type Page, until } from '../program.ts';
import { killsOr } from './kills.ts';
import { raiseAsOneProcess } from './one-process.ts';
import { type OwnPostgres, startOwnPostgres } from './own-postgres.ts';
import { readTopic } from './read-topic.ts';
import { createRoleProcesses, type RoleProcess } from './role-processes.ts';
import { createSeededRandom } from './seeded-random.ts';
import { AUTHORITY, SIGNED } from './signed-certificates.ts';

const PASSWORD = 'planted-password';
const KEY_PASSWORD = 'planted-key-password';
const SPEED = 60;
const PARTITIONS = 4;
const COINS = loadCoins(12);
/** Calm markets raise few alerts at the default threshold. */
const RULE = ruleOf({
  id: 'moving-average',
  kind: 'moving-average',
  params: { thresholdPct: 0.1, windowMinutes: 5 },
});
const RULES = rulesInForce({ rules: [RULE], alertThresholdPct: 2, alertWindowMinutes: 5 });
/** The defaults. */
const INHIBITION = { leadingCoin: 'bitcoin', score: 4, floorPct: 0.4 };

/** The encrypted key of a client's certificate. */
const LOCKED_KEY = createPrivateKey(SIGNED.client.key)
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: KEY_PASSWORD })
  .toString();

describe.skipIf(kafkaIsMissing !== null)(
  `several processes joined by Kafka (${kafkaIsMissing ?? 'installed'})`,
  () => {
    let kafka: KafkaCluster;
    let postgres: OwnPostgres;
    let market: DemoServer;
    /** Null if it is not installed; the test then runs without it. */
    let redis: RedisServer | null = null;
    const folder = mkdtempSync(join(tmpdir(), 'cluster-'));
    const origin = Date.now();

    beforeAll(async () => {
      [redis, kafka, postgres, market] = await Promise.all([
        redisIsMissing === null ? startRedis() : null,
        startKafka({
          brokers: 1,
          secure: { certificate: SIGNED.localhost, users: { ada: PASSWORD }, clientAuthority: AUTHORITY },
        }),
        startOwnPostgres().then(async (started) => {
          await started.restart([]);
          return started;
        }),
        startDemoServer({
          clock: scaledClock(SPEED, origin),
          seed: 'cluster',
          coins: COINS,
          jumpsPerDay: 400,
          tradeEveryMs: 10_000,
        }),
      ]);
    });
    afterAll(async () => {
      await processes.endAll('SIGKILL');
      await Promise.all([redis?.close(), kafka?.close(), postgres?.close(), market?.close()]);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    });

    const file = (name: string, text: string): string => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    };
    /** The settings with which a process connects to the broker, over TLS: the first of each role as a user, the second with a certificate. */
    const accessOf = ({ name }: Pick<RoleProcess, 'name'>): Readonly<Record<string, string>> => ({
      KAFKA_TLS: 'true',
      KAFKA_CA_FILE: file('authority.pem', AUTHORITY),
      ...(name.endsWith('-a')
        ? {
            KAFKA_BROKERS: kafka.secureBrokers.join(','),
            KAFKA_USER: 'ada',
            KAFKA_PASSWORD_FILE: file('password', PASSWORD),
          }
        : {
            KAFKA_BROKERS: kafka.mutualBrokers.join(','),
            KAFKA_CERT_FILE: file('client.pem', SIGNED.client.cert),
            KAFKA_KEY_FILE: file('client-key.pem', LOCKED_KEY),
            KAFKA_KEY_PASSWORD: KEY_PASSWORD,
          }),
    });

    const processes = createRoleProcesses(folder, (role) => ({
      ...environmentFor(
        role.folder,
        market.url,
        { speed: SPEED, origin, pollSeconds: 30 },
        market.exchangeUrl,
      ),
      MONITOR_COINS: COINS.map(({ id }) => id).join(','),
      MONITOR_RULES: JSON.stringify([RULE]),
      ...accessOf(role),
      KAFKA_PARTITIONS: String(PARTITIONS),
      KAFKA_REPLICAS: '1',
      DATABASE_URL: postgres.adminUrl,
      ...(redis !== null && { REDIS_URL: redis.url }),
    }));
    const { all: roles, start, restart, end } = processes;

    it('connect over TLS with passwords and certificates, store each tick once and raise the same alerts as one process, whichever of them is killed', {
      timeout: 600_000,
    }, async () => {
      const random = createSeededRandom(7);
      for (const name of ['feed-a', 'feed-b', 'alert-a', 'alert-b', 'store-a', 'store-b', 'deliver-a'])
        start(name);
      const serving = ['serve-a', 'serve-b'].map(start);
      const database = databaseClient({ connectionString: postgres.adminUrl });
      await until(() => roles.every(({ output }) => output.includes('takes part')));
      await database.connect();
      const count = async (table: string): Promise<number> => {
        const { rows } = await database
          .query<{ count: string }>(`select count(*) from ${table}`)
          .catch(() => ({ rows: [] }));
        return Number(rows[0]?.count ?? 0);
      };
      await until(async () => (await count('ticks')) > 500);

      // Each page sees all coins and the same alerts, live.
      const pages = await Promise.all(serving.map(pageOf));
      await until(() => pages.every(({ events }) => livePrices(events).size === COINS.length));
      await until(() => alertsSeen(pages[0]?.events).some((id) => alertsSeen(pages[1]?.events).includes(id)));
      await expect(pages[0]?.call('settings.set', { coins: ['bitcoin'] })).rejects.toThrow(
        'changes nothing in it',
      );
      for (const page of pages) page.close();

      for (let kill = 0; kill < killsOr(3); kill++) {
        // The pages keep working without Redis, and after it is back.
        if (kill === 1) await redis?.kill();
        const role = random.pick(roles);
        const before = await count('ticks');
        await end(role, 'SIGKILL');
        restart(role);
        await until(async () => (await count('ticks')) > before + 100);
        // At most one of the two serving processes was killed, and both show new prices.
        for (const each of serving) {
          const page = await pageOf(each);
          await until(() => livePrices(page.events).size > 0);
          page.close();
        }
      }
      await redis?.restart();

      // After the feeds have stopped, the topic is complete.
      for (const role of roles.filter(({ name }) => name.startsWith('feed'))) await end(role, 'SIGTERM');
      const tape = await readTopic(kafka.brokers, 'cpm.ticks', PARTITIONS);
      const ticks = new Set(tape.flat().flatMap((record) => record.ticks.map(keyOf)));
      const oneProcess = await raiseAsOneProcess(
        createAlertEngine(RULES, undefined, INHIBITION),
        tape.map((records) =>
          (async function* () {
            yield records;
          })(),
        ),
        INHIBITION.leadingCoin,
      );
      // There is only one broker, which receives the records of all partitions in one request.
      expect(oneProcess.missingCopies).toBe(0);
      const expected = oneProcess.alerts.map(({ id }) => id).toSorted();
      expect(expected.length).toBeGreaterThan(10);
      await until(
        async () => (await count('ticks')) >= ticks.size && (await count('alerts')) >= expected.length,
      );
      await until(() => alertLines(join(folder, 'deliver-a')).length >= expected.length);

      const stored = await database.query<Readonly<Record<'coin_id' | 'source' | 'at', string>>>(
        `select coin_id, source, extract(epoch from observed_at) * 1000 as at from ticks`,
      );
      const rows = stored.rows.map(({ coin_id, source, at }) => `${coin_id} ${source} ${Number(at)}`);
      expect(rows.length).toBe(new Set(rows).size);
      expect(new Set(rows)).toEqual(ticks);
      const raised = await database.query<{ id: string }>('select id from alerts order by id');
      expect(raised.rows.map(({ id }) => id).toSorted()).toEqual(expected);
      expect(alertLines(join(folder, 'deliver-a')).length).toBe(expected.length);
      const appended = (await readTopic(kafka.brokers, 'cpm.alerts', PARTITIONS))
        .flat()
        .flatMap(({ alerts }) => alerts.filter((alert) => !isResolvedEvent(alert)));
      expect([...new Set(appended.map(({ id }) => id))].toSorted()).toEqual(expected);
      const inhibitors = new Map(oneProcess.alerts.map(({ id, inhibitedBy }) => [id, inhibitedBy]));
      for (const { id, inhibitedBy } of appended) expect([id, inhibitedBy]).toEqual([id, inhibitors.get(id)]);

      // Both show the newest price of each coin, and all alerts.
      const newest = newestTicks(tape.flat());
      const shown = await Promise.all(serving.map(shownBy));
      for (const { coinId, source, price } of shown[0]?.prices ?? [])
        expect({ coinId, price }).toEqual({ coinId, price: newest.get(`${coinId} ${source}`) });
      expect(shown[0]).toEqual(shown[1]);
      const ids = shown[0]?.alerts.map(({ id }) => id) ?? [];
      expect(new Set(ids).size).toBe(Math.min(200, expected.length));
      expect(ids.filter((id) => !expected.includes(id))).toEqual([]);
      expect(shown[0]?.series.candles.length).toBeGreaterThan(5);

      // The same with a Redis that contains invalid values, and with one that does not respond.
      for (const trouble of redis === null ? [] : [fillWithGarbage, pauseForLong]) {
        await trouble(redis?.url ?? '');
        expect(await Promise.all(serving.map(shownBy))).toEqual(shown);
        await Promise.all(serving.map((role) => end(role, 'SIGKILL')));
        for (const role of serving) restart(role);
        expect(await Promise.all(serving.map(shownBy))).toEqual(shown);
      }
      await database.end();
      for (const role of roles) await end(role, 'SIGTERM');
      expect(roles.map(({ child }) => child.exitCode)).toEqual(roles.map(() => 0));
    });
  },
);

/** Opens a page as soon as a process serves one. */
async function pageOf(role: RoleProcess): Promise<Page> {
  const url = await until(() => /^UI: (.+)$/m.exec(role.printed)?.[1]);
  return openPage(url);
}

/** What a page shows once its process has read everything. */
async function shownBy(role: RoleProcess) {
  const page = await pageOf(role);
  const { quotes } = await until(async () => {
    const snapshot = await page.call('snapshot', {});
    const { feed, database } = snapshot.status;
    const isComplete = feed.status !== 'starting' && database.status === 'ready';
    return isComplete && snapshot.quotes.every(({ price }) => price !== null) && snapshot;
  });
  const { alerts } = await page.call('alerts', { limit: 200 });
  const series = await page.call('candles', { coinId: COINS[0]?.id ?? '', interval: '1m', limit: 100 });
  page.close();
  const prices = quotes.map(({ coinId, price, source }) => ({ coinId, price, source }));
  return { alerts, series, prices };
}

/** Replaces the value of each key by an invalid one. */
async function fillWithGarbage(url: string): Promise<void> {
  const client = await createClient({ url }).connect();
  for (const key of await client.keys('cpm:*')) await client.set(key, `${Math.random()} garbage`);
  client.destroy();
}

async function pauseForLong(url: string): Promise<void> {
  const client = await createClient({ url }).connect();
  await client.sendCommand(['CLIENT', 'PAUSE', '600000', 'ALL']);
  client.destroy();
}

/** The coins for which a page has received a price. */
const livePrices = (events: readonly EventMessage[]): ReadonlySet<string> =>
  new Set(
    events.flatMap((each) => (each.event === 'prices' ? each.payload.map(({ coinId }) => coinId) : [])),
  );

const alertsSeen = (events: readonly EventMessage[] = []): readonly string[] =>
  events.flatMap((each) => (each.event === 'alert' ? [each.payload.id] : []));

/** The newest price of each coin and source. */
function newestTicks(records: readonly LogRecord[]): ReadonlyMap<string, number> {
  const ticks = records.flatMap((record) => record.ticks).toSorted((a, b) => a.observedAt - b.observedAt);
  return new Map(ticks.map(({ coinId, source, price }) => [`${coinId} ${source}`, price]));
}

const keyOf = (tick: {
  readonly coinId: string;
  readonly source: string;
  readonly observedAt: number;
}): string => `${tick.coinId} ${tick.source} ${tick.observedAt}`;
