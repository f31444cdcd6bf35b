import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { scaledClock } from '../../electron/monitor/time/clock.ts';
import {
  environmentFor,
  openPage,
  type Program,
  runCli,
  startProgram,
  until,
  withFolder,
} from '../program.ts';
import { inWords, textOf } from '../text-of.ts';
import { queryUrl } from './storage-fixture.ts';

/** A minute of the test's time in a real second. */
const SPEED = 60;
const POLL_SECONDS = 10;
const STEP_MS = 10_000;
const SECOND_MS = 1_000;

/** Runs with the built program on a market whose prices the test sets. */
async function withProgram(
  work: (scene: {
    readonly folder: string;
    start(flags?: readonly string[]): Promise<Program>;
    serve(prices: readonly number[]): Promise<void>;
  }) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const origin = Math.floor(Date.now() / STEP_MS) * STEP_MS;
    const clock = scaledClock(SPEED, origin);
    const market: DemoServer = await startDemoServer({
      clock,
      seed: 'delivery',
      jumpsPerDay: 0,
      record: true,
    });
    const programs: Program[] = [];
    const env = {
      ...environmentFor(folder, market.url, { speed: SPEED, origin, pollSeconds: POLL_SECONDS }),
      MONITOR_COINS: 'bitcoin',
    };
    let at = origin;
    try {
      await work({
        folder,
        async start(flags = []) {
          const program = await startProgram(env, flags);
          programs.push(program);
          return program;
        },
        async serve(prices) {
          for (const price of prices) {
            // On whole seconds, like those of the provider.
            at = Math.max(at + STEP_MS, Math.floor(clock.now() / SECOND_MS) * SECOND_MS);
            const lastUpdatedAt = at;
            market.setPrice('bitcoin', { price, lastUpdatedAt });
            await until(() => market.served().some((one) => one.lastUpdatedAt === lastUpdatedAt));
          }
        },
      });
    } finally {
      for (const program of programs) await program.end('SIGTERM');
      await market.close();
    }
  });
}

const flat = (count: number): number[] => Array.from({ length: count }, () => 60_000);

describe('the built program', () => {
  it.skipIf(process.platform === 'win32')(
    'delivers to a pipe when it gets a reader, and does not block anything else meanwhile (not on Windows)',
    () =>
      withProgram(async ({ folder, start, serve }) => {
        const pipe = join(folder, 'alerts.pipe');
        execFileSync('mkfifo', [pipe]);
        const program = await start(['--alerts-file', pipe]);
        const page = await openPage(program.url);
        await serve([...flat(10), 61_800]);
        await until(async () => ((await page.status()).alertsFile?.error ?? null) !== null);
        expect(inWords((await page.status()).alertsFile)).toMatchObject({
          error: expect.stringContaining('nobody reads from this pipe'),
          waitingLines: 1,
        });
        // Prices are still fetched and stored.
        await serve([61_800]);
        await until(async () => (await page.status()).database.status === 'ready');
        const url = (await runCli(['database-url', '--data-dir', folder])).stdout.trim();
        await until(async () => (await queryUrl(url, 'select from alerts')).length === 1);

        const reader = spawn('cat', [pipe], { stdio: ['ignore', 'pipe', 'inherit'] });
        onTestFinished(() => void reader.kill('SIGKILL'));
        const [line] = (await once(createInterface({ input: reader.stdout }), 'line')) as [string];
        expect(line).toContain(' - Alert: bitcoin price changed by more than 2% from the 5-min average.');
        await until(async () => (await page.status()).alertsFile?.error === null);
        page.close();
        const closed = once(reader, 'close');
        expect((await program.end('SIGTERM')).code).toBe(0);
        await closed; // the pipe was closed with the program
      }),
  );

  it('starts with a damaged log, reports what was lost, and continues', () =>
    withProgram(async ({ folder, start, serve }) => {
      const path = join(folder, 'journal.sqlite');
      const first = await start();
      await serve(flat(6));
      await first.end('SIGTERM');
      const logFile = new DatabaseSync(path);
      const offsets = logFile
        .prepare('select log_offset from records order by log_offset')
        .all()
        .map((row) => Number(row.log_offset));
      expect(offsets.length).toBeGreaterThan(3);
      // Damages two records that are not in PostgreSQL yet. Records that no consumer needs any more are not read.
      logFile.exec(
        `update records set batch = 'x' || batch where log_offset in (${offsets[2]}, ${offsets[3]})`,
      );
      logFile.exec(`update cursors set log_offset = ${offsets[1]} where consumer = 'store'`);
      logFile.close();

      const problemIds = async (program: Program): Promise<readonly string[]> => {
        const page = await openPage(program.url);
        const { problems, queue, database } = await page.status();
        page.close();
        if (database.status !== 'ready' || queue.waitingTicks > 0) return [];
        return problems.map(({ id }) => id);
      };
      const second = await start();
      await serve(flat(2));
      await until(async () => (await problemIds(second)).includes('journal-damaged-entry'));
      const page = await openPage(second.url);
      const { problems, queue } = await page.status();
      page.close();
      expect(queue.deadLetters).toBe(2);
      expect(textOf(problems.find(({ id }) => id === 'journal-damaged-entry')?.message)).toContain(
        `2 entries of the log could not be read`,
      );
      await second.end('SIGTERM');

      truncateSync(path, 0);
      const third = await start();
      await serve(flat(2));
      await until(async () => (await problemIds(third)).includes('journal-set-aside'));
      expect(readdirSync(folder).filter((name) => name.startsWith('journal.sqlite.bad-'))).toHaveLength(1);
      await third.end('SIGTERM');
    }));
});
