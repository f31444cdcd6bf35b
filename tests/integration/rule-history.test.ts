import { expect, it } from 'vitest';
import { startDemoServer } from '../../demo/server.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import {
  alertLines,
  environmentFor,
  openPage,
  type Program,
  runCli,
  startProgram,
  until,
  withFolder,
} from '../program.ts';

const DAY_MS = 24 * 3_600_000;
/** Prices that no simulated bitcoin has had. */
const LOW = 1;
const HIGH = 1_000_000;
const MONTH_HIGH = {
  id: 'month-high',
  kind: 'high-low',
  params: { hours: 720 },
  scope: ['bitcoin'],
  direction: 'up',
};

/** Waits until the database contains a month of history. */
async function untilMonthIsStored({ url }: Program): Promise<void> {
  const page = await openPage(url);
  await until(async () => (await page.status()).database.status === 'ready');
  await until(async () => {
    const { candles } = await page.call('candles', { coinId: 'bitcoin', interval: '1d', limit: 60 });
    const [first] = candles;
    return first !== undefined && first.start < Date.now() - 31 * DAY_MS;
  });
  page.close();
}

async function untilPriceIs({ url }: Program, price: number): Promise<void> {
  const page = await openPage(url);
  await until(async () => (await page.call('snapshot', {})).quotes.some((quote) => quote.price === price));
  page.close();
}

it('a rule that is added while the program is not running uses the stored month, however often the program is killed', async () => {
  const origin = Date.now();
  const market = await startDemoServer({ clock: systemClock, seed: 'rule-history', jumpsPerDay: 0 });
  await withFolder(async (folder) => {
    const env = {
      ...environmentFor(folder, market.url, { speed: 1, origin, pollSeconds: 1 }),
      MONITOR_COINS: 'bitcoin',
    };
    let program = await startProgram(env);
    await untilMonthIsStored(program);
    await program.end('SIGKILL');

    const added = await runCli(['rules', 'add', JSON.stringify(MONTH_HIGH)], { MONITOR_DATA_DIR: folder });
    expect(added).toMatchObject({ code: 0 });
    // Killed before its database is ready, and possibly after it has saved the state of the rule.
    program = await startProgram(env);
    await program.end('SIGKILL');

    program = await startProgram(env);
    try {
      await until(() => program.stderr().includes('rules were filled from stored prices'));
      // Below the highest price of the month, whatever the current price of the market is: the rule fires when a price exceeds that.
      market.setPrice('bitcoin', { price: LOW });
      await untilPriceIs(program, LOW);
      market.setPrice('bitcoin', { price: HIGH });
      await until(() => alertLines(folder).some((line) => line.includes('price is the highest of 30 days')));
    } finally {
      await program.end('SIGTERM');
    }
  });
  await market.close();
});
