import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_COINS, type DemoCoin, loadCoins } from '../../demo/coins.ts';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { createAlertEngine } from '../../electron/monitor/alerts/engine.ts';
import type { LogRecord } from '../../electron/monitor/log/tick-log.ts';
import { scaledClock, systemClock } from '../../electron/monitor/time/clock.ts';
import { type Alert, isResolvedEvent } from '../../shared/domain/alert.ts';
import { ruleOf } from '../../shared/domain/rule.ts';
import { rulesInForce } from '../../shared/settings/rules-in-force.ts';
import { type KafkaCluster, kafkaIsMissing, startKafka } from '../counterparts/kafka.ts';
import { databaseClient } from '../database-client.ts';
import { alertLines, environmentFor, openPage, until } from '../program.ts';
import { raiseAsOneProcess } from './one-process.ts';
import { type OwnPostgres, startOwnPostgres } from './own-postgres.ts';
import { readPartition } from './read-topic.ts';
import { createRoleProcesses, type RoleProcess, roleOf } from './role-processes.ts';
import { createSeededRandom, type SeededRandom, seedFrom } from './seeded-random.ts';

const fromEnvironment = (variable: string, usual: number): number => Number(process.env[variable] ?? usual);
/** The defaults. */
const INHIBITION = { leadingCoin: 'bitcoin', score: 4, floorPct: 0.4 };
/** `CLUSTER_COINS=2000 CLUSTER_TICKS=20000 CLUSTER_SECONDS=300 CLUSTER_KILLS=10` for a large installation. */
const COINS = [
  ...DEMO_COINS.filter(({ id }) => id === INHIBITION.leadingCoin),
  ...loadCoins(fromEnvironment('CLUSTER_COINS', 60) - 1),
];
const TICKS_PER_SECOND = fromEnvironment('CLUSTER_TICKS', 200);
const SECONDS = fromEnvironment('CLUSTER_SECONDS', 30);
/** How often a process of each role is killed. */
const KILLS = fromEnvironment('CLUSTER_KILLS', 1);
const BROKER_KILLS = Math.min(KILLS, 2);
const SEED = seedFrom('CLUSTER_SEED', 3);
/** Coins with enough returns of a minute for their beta to the leading coin. */
const COINS_WITH_BETA = `(
  select distinct coin_id from ticks where source <> 'coingecko'
  group by coin_id, source having count(distinct date_trunc('minute', observed_at)) > 65
) as known`;
/** Prints what was counted. */
const IS_REPORTED = process.env.CLUSTER_COINS !== undefined;

const PARTITIONS = 12;
/** The most coins of one process of the role `feed`. */
const COINS_OF_A_FEED = 500;
const BROKER = 'broker';
const MINUTE_MS = 60_000;
/** How often the price of the leading coin jumps, and the minimum time between jumps: longer than a cooldown. */
const LEADING_JUMPS = 4;
const LEADING_SECONDS = 20 * 60;
/** So fast that the window and the cooldown of the rule take seconds. */
const SPEED = Math.max(60, (LEADING_JUMPS * LEADING_SECONDS) / SECONDS);
/** The shares of the trades before the first jump of the leading coin, and before the first kill. */
const CALM = 0.05;
const UNKILLED = 0.1;
/** How often the price of another coin jumps independently. */
const JUMPS_PER_COIN = 6;
/** The size of a jump. The difference of a coin that follows the leading coin is within the floor of inhibition. */
const JUMP = 0.0035;
/** The fraction of the other coins that follow a jump of the leading coin. */
const FOLLOWING = 0.4;
const WOBBLE = 0.0002;
const STEP_MS = 20;
/** Trades of a step that took longer are not made up for. */
const LONGEST_STEP_MS = 200;
/** Trades are compared with prices of CoinGecko that are at most an hour old: 22 seconds at the highest speed. */
const QUOTE_EVERY_MS = 5_000;
const RULE = ruleOf({
  id: 'moving-average',
  kind: 'moving-average',
  // A long window: a mean requires three prices, and on a busy machine, minutes pass between two prices of a coin.
  params: { thresholdPct: 0.2, windowMinutes: 20 },
});
const RULES = rulesInForce({ rules: [RULE], alertThresholdPct: 2, alertWindowMinutes: 5 });

describe.skipIf(kafkaIsMissing !== null)(
  `several processes joined by three brokers (${kafkaIsMissing ?? 'installed'})`,
  () => {
    let kafka: KafkaCluster;
    let postgres: OwnPostgres;
    let market: DemoServer;
    const folder = mkdtempSync(join(tmpdir(), 'cluster-load-'));
    const origin = Date.now();
    const feeds = Array.from({ length: Math.ceil(COINS.length / COINS_OF_A_FEED) }, (_, index) => ({
      name: `feed-${index}`,
      coins: COINS.slice(index * COINS_OF_A_FEED, (index + 1) * COINS_OF_A_FEED).map(({ id }) => id),
    }));

    beforeAll(async () => {
      [kafka, postgres, market] = await Promise.all([
        startKafka({ brokers: 3 }),
        startOwnPostgres().then(async (started) => {
          await started.restart(['shared_buffers=256MB', 'max_wal_size=4GB']);
          return started;
        }),
        startDemoServer({ clock: scaledClock(SPEED, origin), seed: 'cluster-load', coins: COINS }),
      ]);
    });
    afterAll(async () => {
      await processes.endAll('SIGKILL');
      await Promise.all([kafka?.close(), postgres?.close(), market?.close()]);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    });

    const processes = createRoleProcesses(folder, (role) => ({
      ...environmentFor(
        role.folder,
        market.url,
        { speed: SPEED, origin, pollSeconds: (SPEED * QUOTE_EVERY_MS) / 1_000 },
        market.exchangeUrl,
      ),
      MONITOR_COINS: (feeds.find(({ name }) => name === role.name) ?? feeds[0])?.coins.join(',') ?? '',
      MONITOR_RULES: JSON.stringify([RULE]),
      KAFKA_BROKERS: kafka.brokers.join(','),
      KAFKA_PARTITIONS: String(PARTITIONS),
      DATABASE_URL: postgres.adminUrl,
    }));
    const { all: roles, start, restart, end } = processes;

    it('store each tick once and raise the same alerts as one process, whatever is killed', {
      timeout: 600_000 + SECONDS * 20_000,
    }, async () => {
      const random = createSeededRandom(SEED);
      for (const { name } of feeds) start(name);
      for (const name of ['alert-a', 'alert-b', 'store-a', 'store-b', 'deliver-a', 'serve-a']) start(name);
      await until(() => roles.every(({ output }) => output.includes('takes part')));
      const database = databaseClient({ connectionString: postgres.adminUrl });
      await database.connect();
      const tape = createTape(market, random, feeds.length);
      // Until the exchange is streamed, ticks arrive in the database, and alerts can be inhibited.
      await until(async () => {
        tape.tradeAll();
        // On a busy machine, the feed may switch to the second exchange.
        return (await countRows(database, COINS_WITH_BETA)) >= COINS.length;
      });

      const trading = tape.trade(TICKS_PER_SECOND * SECONDS);
      const plan = random.shuffled(planOfKills());
      /** The position in the output of a process at which its last start begins. */
      const restarted = new Map<RoleProcess, number>();
      const shareOf = (index: number): number => UNKILLED + ((1 - UNKILLED) * index) / plan.length;
      for (const [index, killed] of plan.entries()) {
        await until(() => tape.share() >= shareOf(index + 0.5));
        if (killed === BROKER) {
          await kafka.kill(1);
          await until(() => tape.share() >= shareOf(index + 1));
          await kafka.restart(1);
        } else {
          const role = random.pick(roles.filter((each) => roleOf(each) === killed));
          await end(role, 'SIGKILL');
          restarted.set(role, role.output.length);
          restart(role);
        }
      }
      await trading;
      // The signal would kill a process that has just started, instead of stopping it in order.
      await until(() => roles.every((role) => role.output.includes('takes part', restarted.get(role) ?? 0)));
      // After the feeds have stopped, the topic is complete.
      for (const { name } of feeds)
        for (const role of roles.filter((each) => each.name === name)) await end(role, 'SIGTERM');

      const expected = await readTape(kafka.brokers);
      const alerts = [...expected.alerts.keys()].toSorted();
      expect(alerts.length).toBeGreaterThan(COINS.length / 2);
      await until(async () => (await countRows(database, 'ticks')) >= expected.ticks);
      await until(async () => (await countRows(database, 'alerts')) >= alerts.length);
      await until(() => alertLines(join(folder, 'deliver-a')).length >= alerts.length);

      let rows = 0;
      for (const [coinId, times] of expected.series) {
        const stored = await database.query<{ source: string; at: string }>(
          'select source, extract(epoch from observed_at) * 1000 as at from ticks where coin_id = $1',
          [coinId],
        );
        const keys = stored.rows.map(({ source, at }) => `${source} ${Number(at)}`);
        rows += keys.length;
        expect(keys.length).toBe(new Set(keys).size);
        expect(new Set(keys)).toEqual(times);
      }
      expect(rows).toBe(expected.ticks);
      expect(await countRows(database, 'ticks')).toBe(rows);
      const raised = await database.query<{ id: string }>('select id from alerts');
      expect(raised.rows.map(({ id }) => id).toSorted()).toEqual(alerts);
      expect(alertLines(join(folder, 'deliver-a')).length).toBe(alerts.length);
      const appended = await readAlerts(kafka.brokers);
      expect([...new Set(appended.map(({ id }) => id))].toSorted()).toEqual(alerts);
      const inhibited = appended.filter(({ inhibitedBy }) => inhibitedBy !== undefined);
      expect(inhibited.length).toBeGreaterThan(0);
      const otherwise = appended.filter(
        ({ id, inhibitedBy }) => !isDeepStrictEqual(inhibitedBy, expected.alerts.get(id)),
      );
      // A feed that is killed between its requests to two brokers may omit a copy.
      if (expected.missingCopies === 0) expect(otherwise).toEqual([]);

      // A page shows the alerts.
      const serving = roles.find((each) => roleOf(each) === 'serve');
      const page = await openPage(await until(() => /^UI: (.+)$/m.exec(serving?.printed ?? '')?.[1]));
      await until(async () => {
        const { status, quotes } = await page.call('snapshot', {});
        return status.database.status === 'ready' && quotes.every(({ price }) => price !== null);
      });
      const shown = (await page.call('alerts', { limit: 200 })).alerts.map(({ id }) => id);
      page.close();
      expect(shown.length).toBe(Math.min(200, alerts.length));
      expect(shown.filter((id) => !expected.alerts.has(id))).toEqual([]);

      const dead = await readPartition(kafka.brokers, 'cpm.dead-letters', 0).next();
      expect(dead.done).toBe(true);
      await database.end();
      await processes.endAll('SIGTERM');
      expect(roles.map(({ name, child }) => `${name} ${child.exitCode}`)).toEqual(
        roles.map(({ name }) => `${name} 0`),
      );
      if (IS_REPORTED)
        process.stdout.write(
          `${JSON.stringify({
            coins: COINS.length,
            seconds: Math.round(tape.seconds()),
            trades: tape.made(),
            ticks: expected.ticks,
            repeatedTicks: expected.records - expected.ticks,
            rows,
            alerts: alerts.length,
            repeatedAlerts: appended.length - alerts.length,
            inhibited: inhibited.length,
            inhibitedOtherwise: otherwise.length,
            missingCopies: expected.missingCopies,
            killsOfEachRole: KILLS,
            killsOfABroker: BROKER_KILLS,
          })}\n`,
        );
    });
  },
);

/** The names of the roles and the broker, each repeated as often as it is killed, in random order. */
function planOfKills(): readonly string[] {
  const ofRoles = ['feed', 'alert', 'store', 'deliver', 'serve'].flatMap((role) =>
    Array<string>(KILLS).fill(role),
  );
  return [...ofRoles, ...Array<string>(BROKER_KILLS).fill(BROKER)];
}

/**
 * The trades of an exchange. Each coin's price fluctuates around a level, which jumps now and then. The leading coin jumps at regular
 * times, so that its alerts are further apart than a cooldown, and some of the other coins follow it with their next trade.
 *
 * @param followers the connections of all feeds to the exchange
 */
function createTape(market: DemoServer, random: SeededRandom, followers: number) {
  const levels = new Map(COINS.map(({ id, priceUsd }) => [id, priceUsd]));
  let [wanted, made, startedAt, endedAt] = [0, 0, 0, 0];
  let quotedAt = Number.NEGATIVE_INFINITY;
  let tradedAllAt = Number.NEGATIVE_INFINITY;
  const quote = (): void => {
    if (performance.now() - quotedAt < QUOTE_EVERY_MS) return;
    quotedAt = performance.now();
    for (const { id, priceUsd } of COINS) market.setPrice(id, { price: priceUsd });
  };
  const setLevel = ({ id, priceUsd }: DemoCoin, isUp: boolean): void =>
    void levels.set(id, isUp ? priceUsd * (1 + JUMP) : priceUsd);
  const isUp = ({ id, priceUsd }: DemoCoin): boolean => levels.get(id) !== priceUsd;
  /** The number of jumps of the leading coin that are due after so many trades. */
  const leadingJumps = (trades: number): number => Math.floor((trades / wanted - CALM) * LEADING_JUMPS + 1);
  const jump = (coin: DemoCoin, index: number): void => {
    if (coin.id !== INHIBITION.leadingCoin) {
      if (random.next() < (JUMPS_PER_COIN * COINS.length) / wanted) setLevel(coin, !isUp(coin));
      return;
    }
    if (leadingJumps(index) === leadingJumps(index - COINS.length)) return;
    setLevel(coin, !isUp(coin));
    for (const other of COINS) if (other !== coin && random.next() < FOLLOWING) setLevel(other, isUp(coin));
  };
  const tradeOne = (index: number): void => {
    const coin = COINS[index % COINS.length];
    if (coin === undefined) return;
    if (wanted > 0) jump(coin, index);
    const level = levels.get(coin.id) ?? coin.priceUsd;
    market.exchange.trade(coin.id, level * (1 + (2 * random.next() - 1) * WOBBLE));
  };
  return {
    /** Makes one trade of each coin, without jumps, at most once per minute. */
    tradeAll(): void {
      if (performance.now() - tradedAllAt < MINUTE_MS / SPEED) return;
      tradedAllAt = performance.now();
      quote();
      for (const index of COINS.keys()) tradeOne(index);
    },
    /** Makes so many trades, evenly, while a feed streams them: otherwise, hardly any would reach the topic on a busy machine. */
    async trade(total: number): Promise<void> {
      wanted = total;
      startedAt = performance.now();
      for (let [due, lastAt] = [0, startedAt]; made < total; ) {
        quote();
        const now = performance.now();
        if (market.exchange.connections() >= followers)
          due += (Math.min(now - lastAt, LONGEST_STEP_MS) / 1_000) * TICKS_PER_SECOND;
        lastAt = now;
        for (; made < Math.min(due, total); made++) tradeOne(made);
        await systemClock.sleep(STEP_MS);
      }
      endedAt = performance.now();
    },
    /** The share of all trades that has been made. */
    share: () => (wanted === 0 ? 0 : made / wanted),
    made: () => made,
    seconds: () => (endedAt - startedAt) / 1_000,
  };
}

/** The distinct ticks of the topic, and the alerts that one process raises from them in their order. */
async function readTape(brokers: readonly string[]) {
  /** The keys of ticks by series. */
  const series = new Map<string, Set<string>>();
  let records = 0;
  const { alerts: raised, missingCopies } = await raiseAsOneProcess(
    createAlertEngine(RULES, undefined, INHIBITION),
    Array.from({ length: PARTITIONS }, (_, partition) => readPartition(brokers, 'cpm.ticks', partition)),
    INHIBITION.leadingCoin,
    ({ coinId, source, observedAt }) => {
      records += 1;
      const times = series.get(coinId) ?? new Set();
      series.set(coinId, times.add(`${source} ${observedAt}`));
    },
  );
  const ticks = [...series.values()].reduce((sum, times) => sum + times.size, 0);
  const alerts = new Map(raised.map(({ id, inhibitedBy }) => [id, inhibitedBy]));
  return { series, ticks, alerts, records, missingCopies };
}

/** The alerts in their topic, including repeats. */
async function readAlerts(brokers: readonly string[]): Promise<readonly Alert[]> {
  const found: Alert[] = [];
  for (let partition = 0; partition < PARTITIONS; partition++)
    for await (const some of readPartition(brokers, 'cpm.alerts', partition))
      for (const alert of some.flatMap(({ alerts }: LogRecord) => alerts))
        if (!isResolvedEvent(alert)) found.push(alert);
  return found;
}

/** Counts rows; zero if the table does not exist yet. Waits as long as the count took, so that repeated counts leave time for other work. */
async function countRows(database: Client, from: string): Promise<number> {
  const startedAt = performance.now();
  const { rows } = await database
    .query<{ count: string }>(`select count(*) from ${from}`)
    .catch(() => ({ rows: [] }));
  await systemClock.sleep(performance.now() - startedAt);
  return Number(rows[0]?.count ?? 0);
}
