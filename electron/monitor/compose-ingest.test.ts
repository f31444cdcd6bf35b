import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventMessage } from '../../shared/contract/events.ts';
import type { Problem } from '../../shared/domain/problem.ts';
import type { Tick } from '../../shared/domain/tick.ts';
import { DEFAULT_SETTINGS } from '../../shared/settings/settings.ts';
import { textOf } from '../../tests/text-of.ts';
import { MINUTE_MS, tickAt } from './alerts/rules/market-fixture.ts';
import { createOpenParts, type OpenParts } from './async/open-parts.ts';
import { composeIngest } from './compose-ingest.ts';
import { openAlertTables } from './delivery/alert-tables.ts';
import { openLocalLog } from './log/local-log.ts';
import { silentLog } from './logging/logger.ts';
import { NO_METER } from './status/meter.ts';
import { virtualClock } from './time/clock.ts';

const AT = Date.UTC(2026, 0, 5, 12);

let folder: string;
let parts: OpenParts;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'compose-ingest-'));
  parts = createOpenParts();
});

afterEach(async () => {
  await parts.close(0);
  rmSync(folder, { recursive: true });
});

const tick = (coinId: string, minute: number, price: number): Tick =>
  tickAt(AT + minute * MINUTE_MS, price, { coinId, source: 'coingecko' });

/** Ingest over a log on disk, with what it has emitted and how many batches were in the log then. */
function openIngest() {
  const clock = virtualClock(AT);
  const databases: DatabaseSync[] = [];
  const emitted: { readonly message: EventMessage; readonly logged: number }[] = [];
  const unlogged: string[] = [];
  let problem: Problem | null = null;
  const tickLog = parts.add(
    openLocalLog({
      path: join(folder, 'journal.sqlite'),
      clock,
      log: silentLog,
      openAlerts(database, onDamage) {
        databases.push(database);
        return openAlertTables(database, { clock, log: silentLog, onDamage });
      },
      report: () => undefined,
    }),
    (opened) => opened.close(),
  );
  const ingest = composeIngest(
    {
      settings: { ...DEFAULT_SETTINGS, coins: ['bitcoin', 'zcash'] },
      tickLog,
      store: {
        pastCandles: async () => [],
        history: { whenReady: async () => undefined, coverage: async () => [], save: async () => undefined },
      },
      deliverUnlogged: (alerts) => unlogged.push(...alerts.map(({ coinId }) => coinId)),
      machineClock: clock,
      clock,
      times: {
        latest: () => AT + 60 * MINUTE_MS,
        latestKept: () => AT + 60 * MINUTE_MS,
        accepts: () => true,
        problem: () => null,
      },
      random: () => 0.5,
      log: silentLog,
      hub: { emit: (message) => void emitted.push({ message, logged: tickLog.lastOffset() }) },
      meter: NO_METER,
      report(reported) {
        problem = reported;
      },
    },
    parts,
  );
  return {
    accept: (...ticks: readonly Tick[]) => ingest.watch.accept(ticks, true),
    /** The prices that pages were sent, by coin, each with the number of batches that were in the log by then. */
    shown: () =>
      emitted.flatMap(({ message: { event, payload }, logged }) =>
        event === 'prices' ? payload.map(({ coinId, price }) => [coinId, price, logged]) : [],
      ),
    events: () => emitted.map(({ message }) => message.event),
    snapshot: () => ingest.latest.list().map(({ price }) => price),
    alerted: () =>
      emitted.flatMap(({ message }) => (message.event === 'alert' ? [message.payload.coinId] : [])),
    unlogged,
    problem: () => problem && textOf(problem.message),
    setReadOnly: (isReadOnly: boolean) => databases[0]?.exec(`pragma query_only = ${isReadOnly ? 1 : 0}`),
    logged: () => [...tickLog.replay({ since: 0 })].flatMap(({ ticks }) => ticks.map(({ coinId }) => coinId)),
    advance: clock.advance,
  };
}

describe('a price', () => {
  it('is sent to pages in the turn in which it is accepted, before its batch is in the log', async () => {
    const { accept, shown, logged, advance } = openIngest();
    accept(tick('bitcoin', 0, 60_000));
    expect(shown()).toEqual([['bitcoin', 60_000, 0]]);
    expect(logged()).toEqual([]);
    await advance(0);
    expect(logged()).toEqual(['bitcoin']);
    expect(shown()).toHaveLength(1);
  });

  it('is shown while the log cannot be written, which is reported, and is in the log later', async () => {
    const { accept, shown, events, snapshot, alerted, unlogged, problem, setReadOnly, logged, advance } =
      openIngest();
    accept(tick('bitcoin', 0, 60_000));
    await advance(0);
    setReadOnly(true);
    accept(...[0, 1, 2, 3, 4].map((minute) => tick('zcash', minute, minute === 4 ? 31 : 30)));
    expect(shown().at(-1)).toEqual(['zcash', 31, 1]);
    expect(events()).toEqual(['prices', 'prices', 'alert']);
    await advance(0);
    expect(snapshot()).toEqual([60_000, 31]);
    expect(problem()).toContain('Prices cannot be saved');
    expect([alerted(), unlogged]).toEqual([['zcash'], ['zcash']]);
    expect(logged()).toEqual(['bitcoin']);

    setReadOnly(false);
    await advance(MINUTE_MS);
    expect(logged()).toEqual(['bitcoin', ...Array(5).fill('zcash')]);
    expect(problem()).toBeNull();
    expect(snapshot()).toEqual([60_000, 31]);
    expect(unlogged).toHaveLength(1);
  });
});
