import { createHash } from 'node:crypto';
import { BACKUP_TABLES } from '../../electron/monitor/store/backup/backup-tables.ts';
import type { Tick } from '../../shared/domain/tick.ts';
import { JANUARY, januaryTicks } from './archive-fixture.ts';
import { alert, queryUrl, type TestStorage, tick } from './storage-fixture.ts';

const DAY_MS = 86_400_000;

/** Ticks of three series in January and February, including the first and last instants of the months. */
export function backupTicks(perSeries = 200): readonly Tick[] {
  const january = januaryTicks(perSeries);
  const february = january.map((each) => ({ ...each, observedAt: each.observedAt + 31 * DAY_MS }));
  return [...january, ...february.filter(({ observedAt }) => observedAt < JANUARY.to + 28 * DAY_MS)];
}

/** Fills every table that the program writes to. */
export async function fillStorage(storage: TestStorage, ticks = backupTicks()): Promise<void> {
  const odd = alert({ id: 'o"d\\d\n\u00fc\u{1F4B0}', observedAt: JANUARY.from + 1, price: 1e-300 });
  await storage.accept({
    ticks,
    alerts: [alert({ id: 'one', observedAt: JANUARY.from - 400 * DAY_MS }), odd],
  });
  await storage.untilWritten();
  const range = { from: JANUARY.from - 2 * DAY_MS, to: JANUARY.from };
  for (const [source, found] of [
    ['kraken', true],
    ['coinbase', false],
  ] as const)
    await storage.history.save({
      request: { coinId: 'bitcoin', vsCurrency: 'usd', interval: '1h', source, ...range },
      volumeKind: 'traded',
      candles: found ? [{ start: range.from, open: 1, high: 2.5, low: 0.1, close: 1 / 3, volume: null }] : [],
      covered: [range],
      found,
    });
}

/** A tick of a month and a series that already exist. */
export const lateTick = (second: number): Tick =>
  tick({
    coinId: 'bitcoin',
    source: 'kraken',
    observedAt: JANUARY.to + second * 1_000 + 77,
    price: 5,
    amount: 1,
  });

/** The sorted rows of each table of a backup, as text. */
export async function contentOf(url: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const content: Record<string, readonly string[]> = {};
  for (const { name, where = 'true' } of BACKUP_TABLES) {
    const rows = await queryUrl<{ row: string }>(
      url,
      `select kept::text collate "C" as row from ${name} as kept where ${where} order by 1`,
    );
    content[name] = rows.map(({ row }) => row);
  }
  return content;
}

/** A manifest with a later version of the format. */
export function newerFormat(manifest: string): string {
  const { sha256: _, ...rest } = JSON.parse(manifest);
  const content = JSON.stringify({ ...rest, formatVersion: 99 }, null, 1);
  const sha256 = createHash('sha256').update(content).digest('hex');
  return `${content.slice(0, -2)},\n "sha256": "${sha256}"\n}\n`;
}
