import { appendFile, chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Alert } from '../../../shared/domain.ts';
import { virtualClock } from '../clock.ts';
import { silentLog } from '../log.ts';
import { alertLine } from './alert-line.ts';
import { createAlertsFile } from './alerts-file.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alerts-file-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function alertAt(observedAt: number): Alert {
  const id = `a${observedAt}`;
  return {
    id,
    rule: 'moving-average',
    coinId: 'bitcoin',
    vsCurrency: 'usd',
    source: 'coingecko',
    observedAt,
    price: 103,
    message: 'price changed by more than 2% from the 5-min average',
    figures: { average: 100, changePct: 3 },
  };
}

function openFile(path: string) {
  const clock = virtualClock(0);
  const told: string[] = [];
  let changed = (): void => undefined;
  const nextChange = (): Promise<void> =>
    new Promise((resolve) => {
      changed = resolve;
    });
  const file = createAlertsFile({
    path,
    clock,
    random: () => 0.5,
    log: silentLog,
    onTold: (alerts) => told.push(...alerts.map(({ id }) => id)),
    onChange: () => changed(),
  });
  return { file, clock, told, nextChange };
}

const lines = (...alerts: readonly Alert[]): string =>
  alerts.map((alert) => `${alertLine(alert)}\n`).join('');

describe('alerts file', () => {
  it('appends one line an alert, in order, and reports them told', async () => {
    const path = join(folder, 'alerts.txt');
    await writeFile(path, 'older\n');
    const { file, told } = openFile(path);
    file.tell([alertAt(1), alertAt(2)]);
    file.tell([alertAt(3)]);
    await file.stop();
    expect(await readFile(path, 'utf8')).toBe(`older\n${lines(alertAt(1), alertAt(2), alertAt(3))}`);
    expect(told).toEqual(['a1', 'a2', 'a3']);
    expect(file.state()).toEqual({ path, error: null, waitingLines: 0 });
  });

  it('does not repeat a line that was written before a crash could mark it told', async () => {
    const path = join(folder, 'alerts.txt');
    const line = alertLine(alertAt(1));
    await writeFile(path, `${line}\n${alertLine(alertAt(2)).slice(0, 30)}`);
    const { file, told } = openFile(path);
    file.tell([alertAt(1), alertAt(2)]);
    await file.stop();
    expect(await readFile(path, 'utf8')).toBe(lines(alertAt(1), alertAt(2)));
    expect(told).toEqual(['a1', 'a2']);
  });

  it('shows a missing folder as an error that says what to do, and goes on by itself when it is there', async () => {
    const path = join(folder, 'gone', 'alerts.txt');
    const { file, clock, told, nextChange } = openFile(path);
    const failed = nextChange();
    file.tell([alertAt(1)]);
    await failed;
    expect(file.state()).toEqual({
      path,
      error: `Cannot write ${path}: the folder ${join(folder, 'gone')} does not exist. Create it, or choose another place.`,
      waitingLines: 1,
    });
    expect(told).toEqual([]);
    await mkdir(join(folder, 'gone'));
    const healed = nextChange();
    await clock.advance(60_000);
    await healed;
    expect(await readFile(path, 'utf8')).toBe(lines(alertAt(1)));
    expect(file.state().error).toBeNull();
  });

  it('keeps what others wrote in between', async () => {
    const path = join(folder, 'alerts.txt');
    const { file, nextChange } = openFile(path);
    const first = nextChange();
    file.tell([alertAt(1)]);
    await first;
    await appendFile(path, 'a note');
    file.tell([alertAt(2)]);
    await file.stop();
    expect(await readFile(path, 'utf8')).toBe(`${lines(alertAt(1))}a note\n${lines(alertAt(2))}`);
  });

  it.skipIf(process.getuid?.() === 0)(
    'says when permission is missing (root may write anywhere)',
    async () => {
      const path = join(folder, 'alerts.txt');
      await chmod(folder, 0o500);
      const { file } = openFile(path);
      file.tell([alertAt(1)]);
      await file.stop();
      expect(file.state().error).toContain('permission denied');
      await chmod(folder, 0o700);
    },
  );
});
