import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Alert, resolvedId } from '../../../shared/domain/alert.ts';
import { type OpenedLogFile, openLogFile } from '../log/log-file.ts';
import { alert, NOW } from '../log/log-fixture.ts';
import { silentLog } from '../logging/logger.ts';
import { virtualClock } from '../time/clock.ts';
import { createAlertStore } from './alert-store.ts';
import type { Delivery } from './delivery.ts';
import { createOutbox } from './outbox.ts';

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

describe('the alerts stored beside the log', () => {
  it('keeps the newest 500, and those that a channel still has to deliver', () => {
    const { alerts, outbox, deliveries } = openStore();
    const all = Array.from({ length: 600 }, (_, index) =>
      alert(`id-${String(index).padStart(3, '0')}`, index),
    );
    alerts.insert(all);
    const deliveriesOfAll = all.map((each) => deliveryOf(each));
    outbox.note(
      'file',
      deliveriesOfAll.map((each) => ({ ...each, status: 'delivered' })),
    );
    outbox.note('mail', deliveriesOfAll.slice(0, 1));
    outbox.note('mail', [
      { ...deliveryOf(alert('id-001', 1)), status: 'dead', attempts: 9, reason: 'rejected' },
    ]);
    outbox.flush();
    alerts.insert(all.slice(1, 2)); // it is there already
    alerts.purge();
    expect(outbox.unsettled('mail')).toEqual(deliveriesOfAll.slice(0, 1));
    const newest = alerts.newest({ limit: 200 });
    expect(newest).toEqual(all.slice(-200).reverse());
    const before = newest.at(-1);
    expect(alerts.newest({ limit: 1_000, before })).toEqual([
      ...all.slice(100, 400).reverse(),
      ...all.slice(0, 2).reverse(),
    ]);
    // The deliveries of an alert are deleted with it.
    expect(deliveries()).toBe(500 + 4);
  });

  it('is purged a thousand alerts at a time, however many wait for a channel', () => {
    const { alerts, outbox, deliveries } = openStore();
    const all = Array.from({ length: 4_000 }, (_, index) => alert(`id-${index}`, index));
    alerts.insert(all);
    const waits = (index: number): boolean => index % 2 === 0;
    outbox.note('mail', all.filter((_, index) => waits(index)).map(deliveryOf));
    outbox.flush();
    const kept = all.filter((_, index) => waits(index) || index >= 3_500);
    const count = () => alerts.newest({ limit: 5_000 }).length;
    let calls = 1;
    for (let before = count(); alerts.purge(); calls++) {
      expect(before - count()).toBeLessThanOrEqual(1_000);
      before = count();
    }
    expect(calls).toBe(5);
    expect(alerts.newest({ limit: 5_000 })).toEqual(kept.toReversed());
    expect(deliveries()).toBe(2_000);
    // The next round begins at the oldest again.
    outbox.note(
      'mail',
      all.map((one) => ({ ...deliveryOf(one), status: 'delivered' })),
    );
    outbox.flush();
    while (alerts.purge());
    expect(alerts.newest({ limit: 5_000 })).toEqual(all.slice(3_500).reverse());
  });

  it('examines a few thousand alerts that wait for a channel in a round, and gets to the others in later ones', () => {
    const { alerts, outbox } = openStore();
    const all = Array.from({ length: 6_000 }, (_, index) => alert(`id-${index}`, index));
    alerts.insert(all);
    outbox.note('mail', all.slice(0, 4_000).map(deliveryOf));
    outbox.flush();
    const callsOfRound = (): number => {
      let calls = 1;
      while (alerts.purge()) calls++;
      return calls;
    };
    const count = () => alerts.newest({ limit: 6_000 }).length;
    expect([callsOfRound(), count()]).toEqual([2, 6_000]);
    expect([callsOfRound(), count()]).toEqual([2, 6_000]);
    expect([callsOfRound(), count()]).toEqual([3, 4_500]);
    expect([callsOfRound(), count()]).toEqual([2, 4_500]);
  });

  it('keeps a resolved event with its alert, which has its resolution', () => {
    const { alerts } = openStore();
    const all = Array.from({ length: 600 }, (_, index) =>
      alert(`id-${String(index).padStart(3, '0')}`, index),
    );
    alerts.insert(all);
    const resolvedOne = (one: Alert): Alert => ({
      ...one,
      id: resolvedId(one.id),
      resolution: {
        alertId: one.id,
        resolvedAt: one.observedAt + 60_000,
        reason: 'over',
        extreme: { price: one.price, observedAt: one.observedAt, figures: {} },
      },
    });
    alerts.insert(all.map(resolvedOne));
    alerts.purge();
    expect(alerts.newest({ limit: 1_000 })).toEqual(
      all
        .slice(-500)
        .reverse()
        .map((one) => ({ ...one, resolution: resolvedOne(one).resolution })),
    );
    expect(alerts.get('id-599:resolved')).toEqual(resolvedOne(all[599] as Alert));
    expect(alerts.get('id-000:resolved')).toBeNull();
  });

  it('makes a dead letter of a damaged alert, and continues with the others', () => {
    const { alerts, outbox, database, damaged } = openStore();
    outbox.note('file', [alert('a', 1), alert('b', 2), alert('c', 3)].map(deliveryOf));
    outbox.flush();
    database.exec(`update alerts set alert = substr(alert, 1, 20) where id = 'b'`);
    expect(outbox.unsettled('file').map((each) => each.alert.id)).toEqual(['a', 'c']);
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
  const { database } = file;
  const outbox = createOutbox(database, { alerts, clock: virtualClock(NOW), log: silentLog });
  const deliveries = (): number =>
    Number(database.prepare('select count(*) as count from deliveries').get()?.count);
  return { alerts, outbox, damaged, database, deliveries };
}

function deliveryOf(given: Alert): Delivery {
  const progress = { status: 'pending', attempts: 0, reason: null, detail: null } as const;
  return { alert: given, takenAt: NOW, updatedAt: NOW, ...progress };
}
