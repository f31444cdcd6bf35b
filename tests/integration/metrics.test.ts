import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { freePort } from '../../electron/monitor/store/postgres/free-port.ts';
import { scaledClock } from '../../electron/monitor/time/clock.ts';
import { type Rule, ruleOf } from '../../shared/domain/rule.ts';
import { kafkaIsMissing, startKafka } from '../counterparts/kafka.ts';
import { environmentFor, runCli, startProgram, until, withFolder } from '../program.ts';
import { type Exposition, parseExposition } from '../prometheus-text.ts';
import { type OwnPostgres, startOwnPostgres } from './own-postgres.ts';
import { createRoleProcesses } from './role-processes.ts';

const SPEED = 60;
/** Calm markets raise few alerts at the default threshold. */
const RULE = ruleOf({
  id: 'moving-average',
  kind: 'moving-average',
  params: { thresholdPct: 0.05, windowMinutes: 5 },
});

describe('metrics and probes of a process', () => {
  let postgres: OwnPostgres;
  let market: DemoServer;
  const origin = Date.now();

  beforeAll(async () => {
    postgres = await startOwnPostgres();
    market = await startDemoServer({
      clock: scaledClock(SPEED, origin),
      seed: 'metrics',
      jumpsPerDay: 400,
      tradeEveryMs: 10_000,
    });
  });
  afterAll(async () => {
    await Promise.all([postgres?.close(), market?.close()]);
  });

  it('follow its work, and report that it is not ready without PostgreSQL', () =>
    withFolder(async (folder) => {
      const port = await freePort();
      const tokenFile = join(folder, 'token');
      writeFileSync(tokenFile, 'hush\n');
      const program = await startProgram({
        ...environmentFor(folder, market.url, { speed: SPEED, origin, pollSeconds: 30 }, market.exchangeUrl),
        DATABASE_URL: postgres.adminUrl,
        MONITOR_RULES: JSON.stringify([RULE]),
        METRICS_PORT: String(port),
        METRICS_TOKEN_FILE: tokenFile,
      });
      const base = `http://127.0.0.1:${port}`;
      const probe = async (path: string): Promise<string> => {
        const response = await fetch(base + path);
        return `${response.status} ${(await response.text()).trim()}`;
      };
      const scrape = async (): Promise<Exposition> => {
        const headers = { authorization: 'Bearer hush' };
        return parseExposition(await (await fetch(`${base}/metrics`, { headers })).text());
      };

      await until(async () => (await probe('/readyz')) === '200 ready');
      expect(await probe('/healthz')).toBe('200 ok');
      expect(await probe('/metrics')).toMatch(/^401 /);

      const before = await scrape();
      expect(before.sum('cpm_info', { roles: 'all' })).toBe(1);
      expect(before.sum('cpm_database_ready')).toBe(1);
      const moving = [
        ['cpm_ticks_total', { source: 'coingecko' }],
        ['cpm_ticks_total', {}],
        ['cpm_alerts_total', { kind: 'moving-average' }],
        ['cpm_deliveries_total', { channel: 'alerts-file', result: 'delivered' }],
        ['cpm_event_loop_delay_seconds_count', {}],
        ['process_cpu_seconds_total', {}],
      ] as const;
      await until(async () => {
        const now = await scrape();
        return moving.every(
          ([name, labels]) => (now.sum(name, labels) ?? 0) > (before.sum(name, labels) ?? 0),
        );
      });
      const after = await scrape();
      expect(after.sum('cpm_feed_live')).toBe(1);
      expect(after.sum('cpm_provider_calls_month')).toBeGreaterThan(0);
      const sources = after.samples.filter(({ name, value }) => name === 'cpm_ticks_total' && value > 0);
      expect(sources.length).toBeGreaterThan(1); // CoinGecko and at least one exchange

      await postgres.stop();
      await until(async () => (await probe('/readyz')).startsWith('503 The database is not ready'));
      expect(await probe('/healthz')).toBe('200 ok');
      await until(async () => ((await scrape()).sum('cpm_store_lag_ticks') ?? 0) > 0);
      expect((await scrape()).sum('cpm_database_ready')).toBe(0);
      await postgres.restart([]);
      await until(async () => (await probe('/readyz')) === '200 ready');
      await until(async () => (await scrape()).sum('cpm_database_ready') === 1);

      const { code, stderr } = await program.end('SIGTERM');
      expect(code).toBe(0);
      expect(stderr).not.toContain('hush');
      await expect(fetch(`${base}/healthz`)).rejects.toThrow();
    }));

  it('report a process that waits for Kafka as alive', () =>
    withFolder(async (folder) => {
      const port = await freePort();
      const waiting = runCli(['run', '--role', 'feed,alert'], {
        MONITOR_DATA_DIR: folder,
        KAFKA_BROKERS: '127.0.0.1:1',
        METRICS_PORT: String(port),
      });
      const call = (path: string) => fetch(`http://127.0.0.1:${port}${path}`).catch(() => null);
      await until(async () => (await call('/healthz'))?.status === 200);
      const readiness = await call('/readyz');
      expect([readiness?.status, await readiness?.text()]).toEqual([503, 'The process is starting.\n']);
      const metrics = parseExposition((await (await call('/metrics'))?.text()) ?? '');
      expect(metrics.sum('cpm_info', { roles: 'feed,alert' })).toBe(1);
      process.kill(Number(readFileSync(join(folder, 'monitor.pid'), 'utf8')), 'SIGTERM');
      expect((await waiting).code).toBe(0);
    }));

  it.skipIf(kafkaIsMissing !== null)(
    `follow the work of each role, and report that they are not ready without the broker (${kafkaIsMissing ?? 'Kafka is installed'})`,
    () =>
      withFolder(async (folder) => {
        const kafka = await startKafka({ brokers: 1 });
        const port = await freePort();
        const processes = createRoleProcesses(folder, (role) => ({
          ...environmentFor(
            role.folder,
            market.url,
            { speed: SPEED, origin, pollSeconds: 30 },
            market.exchangeUrl,
          ),
          DATABASE_URL: postgres.adminUrl,
          KAFKA_BROKERS: kafka.brokers.join(','),
          KAFKA_PARTITIONS: '4',
          KAFKA_REPLICAS: '1',
          METRICS_PORT: String(port),
        }));
        const roles = 'feed,alert,store,deliver';
        const writeRules = (...rules: readonly Rule[]): void =>
          writeFileSync(join(folder, roles, 'settings.json'), JSON.stringify({ rules }));
        mkdirSync(join(folder, roles));
        writeRules(RULE);
        const role = processes.start(roles);
        const call = async (path: string): Promise<string> => {
          const response = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => null);
          return response === null ? '' : `${response.status} ${await response.text()}`;
        };
        const scrape = async (): Promise<Exposition> =>
          parseExposition((await call('/metrics')).replace(/^\d+ /, ''));
        const figure = async (name: string, labels: Readonly<Record<string, string>>): Promise<number> =>
          (await scrape()).sum(name, labels) ?? Number.NaN;

        try {
          await until(async () => (await call('/readyz')).startsWith('200'));
          const before = await scrape();
          const moving = [
            ['cpm_ticks_total', { source: 'kraken' }],
            ['cpm_alerts_total', { kind: 'moving-average' }],
            ['cpm_deliveries_total', { channel: 'alerts-file', result: 'delivered' }],
            ['cpm_consumed_ticks_total', { consumer: 'alert' }],
            ['cpm_consumed_ticks_total', { consumer: 'store' }],
            ['cpm_consumed_records_total', { consumer: 'deliver' }],
            ['cpm_event_loop_delay_seconds_count', {}],
          ] as const;
          await until(async () => {
            const now = await scrape();
            return moving.every(
              ([name, labels]) => (now.sum(name, labels) ?? 0) > (before.sum(name, labels) ?? 0),
            );
          });
          const consumed = [
            ['feed', 'cpm.feeds'],
            ['alert', 'cpm.ticks'],
            ['store', 'cpm.ticks'],
            ['store', 'cpm.alerts'],
            ['deliver', 'cpm.alerts'],
          ] as const;
          await until(async () => {
            const now = await scrape();
            return consumed.every(
              ([consumer, topic]) => now.sum('cpm_consumer_lag_records', { consumer, topic }) !== null,
            );
          });
          for (const [consumer] of consumed)
            expect(await figure('cpm_consumer_member', { consumer })).toBe(1);

          // Without a database, the role falls behind.
          await postgres.stop();
          await until(async () => (await call('/readyz')).startsWith('503 The database is not ready'));
          const lag = { consumer: 'store', topic: 'cpm.ticks' };
          const atFirst = await figure('cpm_consumer_lag_records', lag);
          await until(async () => (await figure('cpm_consumer_lag_records', lag)) > atFirst + 20);
          const written = await figure('cpm_consumed_records_total', { consumer: 'store' });
          await postgres.restart([]);
          await until(
            async () => (await figure('cpm_consumed_records_total', { consumer: 'store' })) > written + 20,
          );
          await until(async () => (await call('/readyz')).startsWith('200'));

          // Time without prices raises alerts in the role, too, here by a rule that is added while it runs.
          writeRules(RULE, ruleOf({ id: 'silent', kind: 'no-data', params: { minutes: 5 } }));
          await until(() => role.output.includes('settings.json was changed'));
          const known = await figure('cpm_consumed_ticks_total', { consumer: 'alert' });
          await until(
            async () => (await figure('cpm_consumed_ticks_total', { consumer: 'alert' })) > known + 10,
          );
          market.freeze(scaledClock(SPEED, origin).now());
          await until(async () => (await figure('cpm_alerts_total', { kind: 'no-data' })) > 0);
          market.freeze(null);

          await kafka.kill(0);
          await until(async () => /^503 .*not a member/.test(await call('/readyz')));
          expect(await call('/healthz')).toBe('200 ok\n');
          await until(async () => (await figure('cpm_consumer_member', { consumer: 'alert' })) === 0);
          await kafka.restart(0);
          await until(async () => (await call('/readyz')).startsWith('200'));
          const again = await figure('cpm_consumed_ticks_total', { consumer: 'alert' });
          await until(async () => (await figure('cpm_consumed_ticks_total', { consumer: 'alert' })) > again);
          await processes.endAll('SIGTERM');
          expect(role.child.exitCode).toBe(0);
        } finally {
          await processes.endAll('SIGKILL');
          await kafka.close();
        }
      }),
    600_000,
  );

  it('refuse to start if others could read them, with the reason', () =>
    withFolder(async (folder) => {
      const refusal = async (env: Readonly<Record<string, string>>) => {
        const { code, stderr } = await runCli(['run'], { MONITOR_DATA_DIR: folder, ...env });
        return `${code} ${stderr}`;
      };
      expect(await refusal({ METRICS_PORT: '9464', METRICS_ADDRESS: '0.0.0.0' })).toMatch(
        /^1 .*set METRICS_TOKEN/,
      );
      expect(await refusal({ METRICS_PORT: String(postgres.port) })).toMatch(/^1 .*EADDRINUSE.*METRICS_PORT/);
    }));
});
