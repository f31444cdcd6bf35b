import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenedLogFile, openLogFile } from '../log/log-file.ts';
import { alert, NOW } from '../log/log-fixture.ts';
import { silentLog } from '../logging/logger.ts';
import { createAlertStore } from './alert-store.ts';

let folder: string;
let file: OpenedLogFile;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alert-store-'));
  file = openLogFile(join(folder, 'journal.sqlite'), NOW);
});

afterEach(() => {
  file.close();
  rmSync(folder, { recursive: true });
});

describe('the alerts beside the log', () => {
  it('remembers which alerts are undelivered, and keeps the newest 500 and all undelivered ones', () => {
    const { alerts } = openStore();
    const all = Array.from({ length: 600 }, (_, index) =>
      alert(`id-${String(index).padStart(3, '0')}`, index),
    );
    alerts.insert(all);
    alerts.markDelivered(all.slice(1).map(({ id }) => id));
    alerts.insert(all.slice(1, 2)); // delivered already
    alerts.purge();
    expect(alerts.undelivered()).toEqual(all.slice(0, 1));
    const newest = alerts.newest({ limit: 200 });
    expect(newest).toEqual(all.slice(-200).reverse());
    const before = newest.at(-1);
    expect(alerts.newest({ limit: 1_000, before })).toEqual([
      ...all.slice(100, 400).reverse(),
      ...all.slice(0, 1),
    ]);
  });

  it('makes a dead letter of a damaged alert, and goes on with the others', () => {
    const { alerts, database, damaged } = openStore();
    alerts.insert([alert('a', 1), alert('b', 2), alert('c', 3)]);
    database.exec(`update alerts set alert = substr(alert, 1, 20) where id = 'b'`);
    expect(alerts.undelivered().map(({ id }) => id)).toEqual(['a', 'c']);
    expect(alerts.newest({ limit: 10 }).map(({ id }) => id)).toEqual(['c', 'a']);
    expect(damaged).toEqual(['b: it is not an alert']);
    expect(alerts.deadLetters()).toBe(1);
  });
});

function openStore() {
  const damaged: string[] = [];
  const alerts = createAlertStore(file.database, {
    log: silentLog,
    onDamage: ({ id, error }) => void damaged.push(`${id}: ${error}`),
    now: () => NOW,
  });
  return { alerts, damaged, database: file.database };
}
