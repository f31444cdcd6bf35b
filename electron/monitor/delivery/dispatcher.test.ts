import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Alert, resolvedId } from '../../../shared/domain/alert.ts';
import type { FailureKind } from '../../../shared/domain/delivery.ts';
import type { QuietReason } from '../../../shared/domain/quiet.ts';
import { verbatim } from '../../../shared/messages/message.ts';
import { type Mute, mutesInForce } from '../../../shared/settings/mutes.ts';
import { openLogFile } from '../log/log-file.ts';
import { alert, batchOf, NOW } from '../log/log-fixture.ts';
import { createSqliteLog } from '../log/sqlite-log.ts';
import { silentLog } from '../logging/logger.ts';
import { type Clock, virtualClock } from '../time/clock.ts';
import { createAlertStore } from './alert-store.ts';
import type { Channel, ChannelLimits, RaisedAlert } from './channel.ts';
import { DeliveryError } from './delivery-error.ts';
import { createDispatcher } from './dispatcher.ts';
import { createOutbox } from './outbox.ts';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;

let folder: string;
let clock: ReturnType<typeof virtualClock>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dispatcher-'));
  clock = virtualClock(NOW);
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A start of the program with the same log file. */
function startProgram(
  channels: readonly Channel[],
  {
    unusable = [],
    isDiskFull = false,
    watched = 0,
    mutes = [],
    quiet = () => null,
  }: {
    readonly mutes?: readonly Mute[];
    readonly quiet?: () => QuietReason | null;
    readonly unusable?: readonly string[];
    readonly isDiskFull?: boolean;
    /** The number of watched coins; 0 if market moves are not reported. */
    readonly watched?: number;
  } = {},
) {
  const file = openLogFile(join(folder, 'journal.sqlite'), NOW);
  const { database } = file;
  const now = clock.now;
  let isKilled = false;
  const results = new Map<string, number>();
  /** The promises of a killed program never resolve, so that it does nothing more. */
  const unlessKilled = <T>(result: Promise<T>): Promise<T> =>
    result.then((value) => (isKilled ? new Promise(() => undefined) : value));
  const programClock: Clock = { ...clock, sleep: (ms, signal) => unlessKilled(clock.sleep(ms, signal)) };
  const alerts = createAlertStore(database, { log: silentLog, now, onDamage: () => undefined });
  const outbox = createOutbox(database, { alerts, clock: programClock, log: silentLog });
  const tickLog = createSqliteLog({
    database,
    wal: file.wal,
    onAppend(batch) {
      alerts.insert(batch.alerts);
      outbox.writeDeliveriesOf(batch.alerts);
    },
    onDamaged: () => undefined,
    now,
  });
  const dispatcher = createDispatcher({
    tickLog,
    outbox,
    mutes: () => mutesInForce(mutes, clock.now()),
    quiet,
    market() {
      if (watched === 0) return null;
      const setting = { enabled: true, sharePct: 40, withinSeconds: 60 };
      // As in the composition: a spread does not report a direction of the market.
      return {
        setting,
        watched,
        directionOf: ({ kind, direction }) => (kind === 'spread' ? null : direction),
      };
    },
    clock: programClock,
    random: () => 0.5,
    log: silentLog,
    report: () => undefined,
    onResult: (channel, result, count) => {
      const name = `${channel} ${result}`;
      results.set(name, (results.get(name) ?? 0) + count);
    },
  });
  if (isDiskFull) database.exec('pragma query_only = true');
  dispatcher.start(
    channels.map((channel) => ({
      ...channel,
      deliver: (...args) => unlessKilled(Promise.resolve()).then(() => channel.deliver(...args)),
    })),
    unusable,
  );
  return {
    dispatcher,
    database,
    async raise(...raised: readonly Alert[]): Promise<void> {
      await tickLog.append(batchOf('bitcoin', raised), clock.now());
      dispatcher.wake();
      await clock.advance(0);
    },
    /** The deliveries to a channel in the log file, oldest first. */
    async deliveries(channel: string): Promise<readonly unknown[]> {
      await clock.advance(20);
      return database
        .prepare(
          'select alert_id as id, status, reason, attempts from deliveries where channel = ? order by delivery_id',
        )
        .all(channel)
        .map((row) => ({ ...row }));
    },
    /** The number of alerts by channel and result. */
    results: () => Object.fromEntries(results),
    lag: (channel: string) => tickLog.cursor(`delivery:${channel}`).lag().records,
    async stop(): Promise<void> {
      await dispatcher.stop();
      file.close();
    },
    kill(): void {
      isKilled = true;
      database.close();
    },
  };
}

/** A channel that records the alerts that it receives, and fails on demand. */
function recorder(id: string, limits: ChannelLimits = {}) {
  const calls: (readonly string[])[] = [];
  let failure: (() => Promise<void>) | null = null;
  const channel: Channel = {
    id,
    limits,
    async deliver(alerts) {
      await failure?.();
      calls.push(alerts.map((each) => each.id));
    },
  };
  return {
    channel,
    calls,
    fail(kind: FailureKind, retryAfterMs = 0): void {
      failure = async () => {
        throw new DeliveryError(kind, verbatim(`it is ${kind}`), { retryAfterMs });
      };
    },
    hang(): void {
      failure = () => new Promise(() => undefined);
    },
    mend(): void {
      failure = null;
    },
  };
}

describe('the results of deliveries', () => {
  it('are reported for each alert and attempt', async () => {
    const [good, bad] = [recorder('good', { batch: 10 }), recorder('bad')];
    const mutes: readonly Mute[] = [{ coin: 'zcash', until: null }];
    const channels = [good.channel, bad.channel].map((channel) => ({ ...channel, isForPeople: true }));
    const run = startProgram(channels, { mutes });
    bad.fail('unreachable');
    await run.raise({ ...alert('a'), coinId: 'bitcoin' }, { ...alert('b'), coinId: 'zcash' });
    expect(run.results()).toEqual({ 'good delivered': 1, 'good skipped': 1, 'bad failed': 1 });
    bad.mend();
    await clock.advance(HOUR_MS);
    expect(run.results()).toEqual({
      'good delivered': 1,
      'good skipped': 1,
      'bad failed': 1,
      'bad delivered': 1,
      'bad skipped': 1,
    });
    bad.fail('rejected');
    await run.raise({ ...alert('c'), coinId: 'bitcoin' });
    expect(run.results()).toMatchObject({ 'good delivered': 2, 'bad dead': 1 });
    await run.stop();
  });
});

describe('a mute', () => {
  it('skips deliveries until its end, and records the reason', async () => {
    const [people, program] = [recorder('people'), recorder('program')];
    const mutes: readonly Mute[] = [
      { coin: 'zcash', until: new Date(NOW + HOUR_MS).toISOString() },
      { rule: 'rsi', until: null },
      { coin: 'ethereum', channel: 'program', until: null },
    ];
    const both = [{ ...people.channel, isForPeople: true }, program.channel];
    const run = startProgram(both, { mutes });
    const of = (id: string, fields: Partial<Alert>): Alert => ({ ...alert(id), ...fields });
    await run.raise(
      of('a', { coinId: 'zcash' }),
      of('b', { coinId: 'ethereum' }),
      of('c', { coinId: 'bitcoin', rule: 'rsi' }),
      of('d', { coinId: 'bitcoin' }),
    );
    expect(people.calls).toEqual([['b'], ['d']]);
    expect(program.calls).toEqual([['a'], ['c'], ['d']]);
    expect(await run.deliveries('people')).toMatchObject([
      { id: 'a', status: 'skipped', reason: 'muted' },
      { id: 'b', status: 'delivered' },
      { id: 'c', status: 'skipped', reason: 'muted' },
      { id: 'd', status: 'delivered' },
    ]);
    await clock.advance(HOUR_MS);
    await run.raise(of('e', { coinId: 'zcash' }));
    expect(people.calls.at(-1)).toEqual(['e']);
    await run.stop();
  });
});

describe('a quiet time', () => {
  const of = (id: string, changePct: number, fields: Partial<Alert> = {}): Alert => ({
    ...alert(id),
    figures: { changePct },
    ...fields,
  });
  /** A channel for people and one for programs, and the alerts that the first one has delivered. */
  const channels = (limits: ChannelLimits = {}) => {
    const [people, program] = [recorder('people', limits), recorder('program')];
    const given: (readonly RaisedAlert[])[] = [];
    const channel: Channel = {
      ...people.channel,
      isForPeople: true,
      async deliver(alerts, signal) {
        await people.channel.deliver(alerts, signal);
        given.push(alerts);
      },
    };
    let reason: QuietReason | null = 'quiet-hours';
    let run = startProgram([channel, program.channel], { quiet: () => reason });
    return {
      people,
      program,
      given,
      run: () => run,
      async become(next: QuietReason | null): Promise<void> {
        reason = next;
        run.dispatcher.quietChanged();
        await clock.advance(0);
      },
      killAndStart(mutes: readonly Mute[] = []): void {
        run.kill();
        run = startProgram([channel, program.channel], { quiet: () => reason, mutes });
      },
    };
  };

  it('holds alerts back from people, who get one summary afterwards, the largest first', async () => {
    const { people, program, given, run, become } = channels();
    await run().raise(of('a', 2), of('b', -9));
    await clock.advance(3 * HOUR_MS);
    await run().raise(of('c', 5));
    expect(people.calls).toEqual([]);
    expect(program.calls).toEqual([['a'], ['b'], ['c']]);
    expect(await run().deliveries('people')).toMatchObject(
      ['a', 'b', 'c'].map((id) => ({ id, status: 'pending', reason: 'quiet-hours', attempts: 0 })),
    );
    expect(run().dispatcher.states()[0]).toMatchObject({ waiting: 3, held: 3 });
    await become(null);
    expect(people.calls).toEqual([['b', 'c', 'a']]);
    expect(given[0]?.map(({ missed }) => missed)).toEqual(
      [1, 2, 3].map(() => ({ reason: 'quiet-hours', at: clock.now(), hasMore: false })),
    );
    await run().raise(of('d', 1));
    expect(given[1]?.[0]).not.toHaveProperty('missed');
    expect(await run().deliveries('people')).toMatchObject(
      ['a', 'b', 'c', 'd'].map((id) => ({ id, status: 'delivered', reason: null })),
    );
    await run().stop();
  });

  it('is summarized after a kill in it, however old its alerts are by then', async () => {
    const { people, run, become, killAndStart } = channels({ maxAgeMs: 300 * SECOND_MS });
    await run().raise(of('a', 2), of('b', 3));
    await clock.advance(SECOND_MS);
    killAndStart();
    await clock.advance(48 * HOUR_MS);
    expect(people.calls).toEqual([]);
    await become(null);
    expect(people.calls).toEqual([['b', 'a']]);
    await run().stop();
  });

  it('is summarized by the next start if it ended while the program was not running', async () => {
    const { people, run, become, killAndStart } = channels();
    await run().raise(of('a', 2), of('b', 3));
    await clock.advance(SECOND_MS);
    await become('paused');
    await run().raise(of('c', 4));
    await clock.advance(SECOND_MS);
    killAndStart();
    await become(null);
    expect(people.calls).toEqual([['c', 'b', 'a']]);
    await run().stop();
  });

  it('is not split into separate messages if the first attempt to deliver the summary fails', async () => {
    const { people, run, become, killAndStart } = channels();
    await run().raise(of('a', 2), of('b', 3));
    people.fail('unreachable');
    await become(null);
    await clock.advance(30 * SECOND_MS);
    expect(await run().deliveries('people')).toMatchObject([
      { id: 'a', status: 'pending', reason: 'quiet-hours' },
      { id: 'b', status: 'pending', reason: 'quiet-hours' },
    ]);
    const { 'people failed': failed = 0 } = run().results();
    expect(failed).toBeGreaterThan(0);
    expect(failed % 2).toBe(0); // both in each attempt
    killAndStart();
    people.mend();
    await clock.advance(120 * SECOND_MS);
    expect(people.calls).toEqual([['b', 'a']]);
    await run().stop();
  });

  it('leaves dead letters that can be sent again if the summary cannot be delivered for a day', async () => {
    const { people, run, become } = channels();
    await run().raise(of('a', 2), of('b', 3));
    await clock.advance(72 * HOUR_MS);
    people.fail('refused');
    await become(null);
    expect(await run().deliveries('people')).toMatchObject([{ status: 'pending' }, { status: 'pending' }]);
    await clock.advance(25 * HOUR_MS);
    expect(await run().deliveries('people')).toMatchObject([
      { id: 'a', status: 'dead', reason: 'refused' },
      { id: 'b', status: 'dead', reason: 'refused' },
    ]);
    people.mend();
    expect(run().dispatcher.sendAgain('people')).toBe(2);
    await clock.advance(120 * SECOND_MS);
    expect(people.calls).toEqual([['a'], ['b']]);
    await run().stop();
  });

  it('omits alerts muted by its end, and lists a resolved alert once', async () => {
    const { people, program, run, become, killAndStart } = channels();
    await run().raise(of('a', 2, { coinId: 'zcash' }), of('b', 3));
    await clock.advance(SECOND_MS);
    killAndStart([{ coin: 'zcash', until: null }]);
    await clock.advance(0);
    await become(null);
    expect(people.calls).toEqual([['b']]);
    expect(program.calls.flat()).toEqual(['a', 'b']);
    expect(await run().deliveries('people')).toMatchObject([
      { id: 'a', status: 'skipped', reason: 'muted' },
      { id: 'b', status: 'delivered' },
    ]);
    await run().stop();
  });

  it('summarizes only the largest of very many alerts', { timeout: 120_000 }, async () => {
    const { given, run, become } = channels();
    const all = Array.from({ length: 1_200 }, (_, index) => of(`n${index}`, (index * 7_919) % 1_200));
    for (let start = 0; start < all.length; start += 100) await run().raise(...all.slice(start, start + 100));
    expect(run().dispatcher.states()[0]).toMatchObject({ held: 1_000 });
    await become(null);
    const sizes = given[0]?.map(({ figures }) => figures.changePct);
    expect(sizes).toEqual(Array.from({ length: 1_000 }, (_, index) => 1_199 - index));
    expect(given[0]?.[0]?.missed).toMatchObject({ hasMore: true });
    const rows = (await run().deliveries('people')) as readonly { status: string; reason: string | null }[];
    expect(
      rows.filter(({ status, reason }) => status === 'skipped' && reason === 'quiet-hours'),
    ).toHaveLength(200);
    await run().stop();
  });
});

describe('an alert that follows the leading coin', () => {
  const leading: Alert = { ...alert('leading'), coinId: 'bitcoin' };
  const inhibitedBy = { alertId: 'leading', coinId: 'bitcoin', beta: 1.5, beyondPct: 0.1 };
  const follower: Alert = { ...alert('follower'), coinId: 'ethereum', inhibitedBy };

  it('is delivered to programs, but not to people, who get the alert of the leading coin', async () => {
    const [people, program] = [recorder('people'), recorder('program')];
    const run = startProgram([{ ...people.channel, isForPeople: true }, program.channel]);
    await run.raise(leading, follower);
    await run.raise({ ...follower, id: 'alone', inhibitedBy: undefined });
    await clock.advance(60 * SECOND_MS);
    expect(people.calls).toEqual([['leading'], ['alone']]);
    expect(program.calls).toEqual([['leading'], ['follower'], ['alone']]);
    expect(await run.deliveries('people')).toContainEqual(
      expect.objectContaining({ id: 'follower', status: 'skipped', reason: 'inhibited' }),
    );
    await run.stop();
  });

  it('is delivered to people who do not get the alert of the leading coin', async () => {
    const [routed, muted] = [recorder('routed'), recorder('muted')];
    const run = startProgram(
      [
        { ...routed.channel, isForPeople: true, wants: ({ coinId }) => coinId === 'ethereum' },
        { ...muted.channel, isForPeople: true },
      ],
      { mutes: [{ coin: 'bitcoin', until: null }] },
    );
    await run.raise(leading, follower);
    await clock.advance(60 * SECOND_MS);
    expect(routed.calls).toEqual([['follower']]);
    expect(muted.calls).toEqual([['follower']]);
    await run.stop();
  });

  it('counts for a move of the market', async () => {
    const people = recorder('people');
    const run = startProgram([{ ...people.channel, isForPeople: true }], { watched: 4 });
    const falling = (one: Alert): Alert => ({ ...one, direction: 'down', figures: { changePct: -3 } });
    await run.raise(
      falling(leading),
      falling(follower),
      falling({ ...follower, id: 'other', coinId: 'zcash' }),
    );
    await clock.advance(60 * SECOND_MS);
    expect(people.calls).toHaveLength(1);
    expect(people.calls[0]?.toSorted()).toEqual(['follower', 'leading', 'other']);
    await run.stop();
  });
});

describe('a move of the market', () => {
  const of = (coin: number, direction: 'up' | 'down' = 'down'): Alert => ({
    ...alert(`${coin}-${direction}`),
    coinId: `coin-${coin}`,
    direction,
    figures: { changePct: direction === 'up' ? 2 + coin : -2 - coin },
  });
  const all = (count: number): readonly Alert[] => Array.from({ length: count }, (_, coin) => of(coin));
  /** A channel for people, with the alerts that it has delivered, and one for programs. */
  const channels = () => {
    const [people, program] = [recorder('people'), recorder('program')];
    const given: RaisedAlert[][] = [];
    const channel: Channel = {
      ...people.channel,
      isForPeople: true,
      async deliver(alerts, signal) {
        await people.channel.deliver(alerts, signal);
        given.push([...alerts]);
      },
    };
    return { people, program, given, both: [channel, program.channel] };
  };

  it('is one message to people, the largest first, and every alert to programs', async () => {
    const { people, program, given, both } = channels();
    const run = startProgram(both, { watched: 30 });
    await run.raise(...all(30));
    await clock.advance(60 * SECOND_MS);
    expect(people.calls).toHaveLength(1);
    expect(given[0]?.map(({ id }) => id).slice(0, 2)).toEqual(['29-down', '28-down']);
    expect(given[0]?.[0]?.move).toEqual({ direction: 'down', coins: 30, watched: 30 });
    expect(program.calls).toEqual(all(30).map(({ id }) => [id]));
    await run.stop();
  });

  it('is delivered as soon as enough coins have moved one after the other, and the others belong to it', async () => {
    const { people, program, given, both } = channels();
    const run = startProgram(both, { watched: 10 });
    for (const one of all(7)) {
      await run.raise(one);
      await clock.advance(5 * SECOND_MS);
    }
    // Four of ten are a move; those that were delivered before are counted.
    expect(people.calls).toEqual([['0-down'], ['1-down'], ['2-down'], ['3-down']]);
    expect(given[3]?.[0]?.move).toMatchObject({ coins: 4 });
    expect((await run.deliveries('people')).slice(4)).toMatchObject(
      [4, 5, 6].map((coin) => ({ id: `${coin}-down`, status: 'skipped', reason: 'market-move' })),
    );
    expect(program.calls).toHaveLength(7);
    // A move in the other direction is delivered, and so is a later one in the same direction.
    await run.raise(of(0, 'up'));
    await clock.advance(5 * SECOND_MS);
    await clock.advance(120 * SECOND_MS);
    await run.raise({ ...of(9), id: 'later' });
    await clock.advance(5 * SECOND_MS);
    expect(people.calls.slice(4)).toEqual([['0-up'], ['later']]);
    await run.stop();
  });

  it('excludes alerts without a direction of the price, which are delivered separately', async () => {
    const { people, given, both } = channels();
    const run = startProgram(both, { watched: 6 });
    const spreads = [6, 7, 8].map((coin): Alert => ({ ...of(coin), id: `spread-${coin}`, kind: 'spread' }));
    const busy = [6, 7, 8].map((coin): Alert => ({ ...of(coin), id: `busy-${coin}`, direction: null }));
    await run.raise(...spreads, ...busy);
    await clock.advance(5 * SECOND_MS);
    expect(people.calls).toEqual([...spreads, ...busy].map(({ id }) => [id]));

    // Nor does a delivered move cover them.
    await run.raise(...all(4));
    await clock.advance(5 * SECOND_MS);
    expect(given.at(-1)?.[0]?.move).toMatchObject({ coins: 4 });
    await run.raise({ ...of(5), id: 'spread-later', kind: 'spread' }, of(5));
    await clock.advance(5 * SECOND_MS);
    expect(people.calls.at(-1)).toEqual(['spread-later']);
    expect((await run.deliveries('people')).slice(-2)).toMatchObject([
      { id: 'spread-later', status: 'delivered' },
      { id: '5-down', status: 'skipped', reason: 'market-move' },
    ]);
    await run.stop();
  });

  it('does not overtake an earlier alert of its coin', async () => {
    const { people, both } = channels();
    const run = startProgram(both, { watched: 5 });
    await run.raise(of(0), of(1, 'up'), { ...of(1), id: 'after' }, of(2), of(3));
    await clock.advance(5 * SECOND_MS);
    expect(people.calls).toEqual([['3-down', '2-down', '0-down'], ['1-up']]);
    expect(await run.deliveries('people')).toContainEqual(
      expect.objectContaining({ id: 'after', reason: 'market-move' }),
    );
    await run.stop();
  });

  it('is delivered after a kill that preceded it, with the same ids when repeated', async () => {
    const { people, given, both } = channels();
    people.fail('unreachable');
    const first = startProgram(both, { watched: 30 });
    await first.raise(...all(30));
    await clock.advance(3 * SECOND_MS);
    first.kill();
    people.mend();
    const second = startProgram(both, { watched: 30 });
    await clock.advance(10 * SECOND_MS);
    expect(people.calls).toHaveLength(1);
    expect(given[0]?.map(({ id }) => id).toSorted()).toEqual(
      all(30)
        .map(({ id }) => id)
        .toSorted(),
    );
    await second.stop();
  });
});

describe('the dispatcher', () => {
  it('delivers each alert to every channel, once and in order, also those that come at the same time', async () => {
    const [one, other] = [recorder('one'), recorder('other', { batch: 10 })];
    const program = startProgram([one.channel, other.channel]);
    await program.raise(alert('a'), alert('b'));
    await program.raise(alert('c'));
    await program.raise();
    expect(one.calls).toEqual([['a'], ['b'], ['c']]);
    expect(other.calls.flat()).toEqual(['a', 'b', 'c']);
    await program.stop();
    expect(one.calls.flat()).toEqual(['a', 'b', 'c']);
  });

  it('delivers an alert once that is in the log twice, whether or not both are read together', async () => {
    const { channel, calls } = recorder('one', { batch: 10 });
    const program = startProgram([channel]);
    await program.raise(alert('a'), alert('b'), alert('a'));
    await program.raise(alert('b'), alert('c'));
    await program.stop();
    expect(calls.flat()).toEqual(['a', 'b', 'c']);
  });

  it('replaces channels while it runs, without losing, repeating or delaying alerts of others', async () => {
    const [kept, old, gone] = [recorder('kept'), recorder('moved'), recorder('gone')];
    const program = startProgram([kept.channel, old.channel, gone.channel]);
    await program.raise(alert('a'));
    old.fail('unreachable');
    gone.hang();
    await program.raise(alert('b'));
    const [moved, added] = [recorder('moved'), recorder('added')];
    const changed = program.dispatcher.change([kept.channel, moved.channel, added.channel]);
    // While a channel that hangs is being closed.
    await program.raise(alert('c'));
    await clock.advance(5 * SECOND_MS);
    await changed;
    await program.raise(alert('d'));
    await clock.advance(HOUR_MS);
    expect(kept.calls.flat()).toEqual(['a', 'b', 'c', 'd']);
    expect(old.calls.flat()).toEqual(['a']);
    expect(moved.calls.flat()).toEqual(['b', 'c', 'd']);
    // The channel did not exist yet when "c" was raised.
    expect(added.calls.flat()).toEqual(['d']);
    expect(gone.calls.flat()).toEqual(['a']);
    expect(await program.deliveries('gone')).toMatchObject([
      { id: 'a', status: 'delivered' },
      { id: 'b', status: 'skipped', reason: 'channel-removed' },
    ]);
    expect(program.dispatcher.states().map(({ id }) => id)).toEqual(['kept', 'moved', 'added']);
    await program.stop();
  });

  it('splits attempts that take too long, until they succeed', async () => {
    const sizes: number[] = [];
    const slow: Channel = {
      id: 'slow',
      limits: { batch: 8, timeoutMs: 10 * SECOND_MS },
      async deliver(alerts) {
        sizes.push(alerts.length);
        await clock.sleep(alerts.length * 4 * SECOND_MS);
      },
    };
    const program = startProgram([slow]);
    await program.raise(...'abcdefgh'.split('').map((id) => alert(id)));
    await clock.advance(HOUR_MS);
    expect(sizes.slice(0, 3)).toEqual([8, 4, 2]);
    expect(await program.deliveries('slow')).toHaveLength(8);
    expect(JSON.stringify(await program.deliveries('slow'))).not.toContain('failed');
    await program.stop();
  });

  it.each(['refused', 'unreachable', 'hangs'] as const)(
    'is not delayed by a channel that is %s, and resumes it when it is available again',
    async (trouble) => {
      const [dead, other] = [recorder('dead'), recorder('other')];
      if (trouble === 'hangs') dead.hang();
      else dead.fail(trouble);
      const program = startProgram([dead.channel, other.channel]);
      for (const id of ['a', 'b', 'c']) await program.raise(alert(id));
      expect(other.calls).toEqual([['a'], ['b'], ['c']]);
      await clock.advance(60 * SECOND_MS);
      expect(program.dispatcher.states()).toMatchObject([
        { id: 'dead', waiting: 3, failure: { kind: trouble === 'hangs' ? 'unreachable' : trouble } },
        { id: 'other', waiting: 0, failure: null },
      ]);
      // The log retains no records for it.
      expect(program.lag('dead')).toBe(0);
      dead.mend();
      await clock.advance(120 * SECOND_MS);
      expect(dead.calls).toEqual([['a'], ['b'], ['c']]);
      expect(program.dispatcher.states()[0]).toMatchObject({ waiting: 0, failure: null });
      await program.stop();
    },
  );

  it('delivers resolved events to channels that request them, apart from alerts and once', async () => {
    const resolvedOf = (id: string): Alert => ({
      ...alert(id),
      id: resolvedId(id),
      resolution: {
        alertId: id,
        resolvedAt: NOW,
        reason: 'over',
        extreme: { price: 1, observedAt: NOW, figures: {} },
      },
    });
    const [plain, asking] = [recorder('plain'), recorder('asking', { batch: 10 })];
    const channels = [plain.channel, { ...asking.channel, sendsResolved: true }];
    const first = startProgram(channels);
    asking.fail('unreachable');
    await first.raise(alert('a'), alert('b'));
    await first.raise(resolvedOf('a'), alert('c'));
    await clock.advance(20);
    first.kill();
    asking.mend();
    const second = startProgram(channels);
    await second.raise(resolvedOf('b'));
    await clock.advance(120 * SECOND_MS);
    expect(plain.calls.flat()).toEqual(['a', 'b', 'c']);
    expect(asking.calls).toEqual([['a', 'b'], ['a:resolved'], ['c'], ['b:resolved']]);
    await second.stop();
  });

  it('resumes the pending deliveries of a channel after a restart, and repeats nothing', async () => {
    const [dead, other] = [recorder('dead'), recorder('other')];
    dead.fail('unreachable');
    const first = startProgram([dead.channel, other.channel]);
    await first.raise(alert('a'));
    await first.raise(alert('b'));
    const stopped = first.stop();
    await clock.advance(5 * SECOND_MS);
    await stopped;
    dead.mend();
    const second = startProgram([dead.channel, other.channel]);
    await clock.advance(0);
    expect(dead.calls).toEqual([['a'], ['b']]);
    expect(other.calls).toEqual([['a'], ['b']]);
    await second.stop();
  });

  it('starts a new channel with the next alert, and discards the pending deliveries of a removed one', async () => {
    const [old, late] = [recorder('old'), recorder('late')];
    old.fail('unreachable');
    const first = startProgram([old.channel]);
    await first.raise(alert('a'));
    expect(await first.deliveries('old')).toMatchObject([{ id: 'a', status: 'failed' }]);
    first.kill();
    const second = startProgram([late.channel]);
    await second.raise(alert('b'));
    expect(late.calls).toEqual([['b']]);
    expect(await second.deliveries('old')).toEqual([
      { id: 'a', status: 'skipped', reason: 'channel-removed', attempts: 1 },
    ]);
    await second.stop();
  });

  it('keeps the pending deliveries of a channel whose settings are currently invalid', async () => {
    const wrong = recorder('wrong');
    wrong.fail('unreachable');
    const first = startProgram([wrong.channel]);
    await first.raise(alert('a'));
    await first.stop();
    const second = startProgram([], { unusable: ['wrong'] });
    await second.raise(alert('b'));
    await second.stop();
    wrong.mend();
    const third = startProgram([wrong.channel]);
    await clock.advance(0);
    expect(wrong.calls).toEqual([['a']]);
    await third.stop();
  });

  it('starts on a full disk, and with deliveries whose reason is of a newer version or damaged', async () => {
    const [old, late] = [recorder('old'), recorder('late')];
    late.fail('unreachable');
    const first = startProgram([old.channel, late.channel]);
    await first.raise(alert('a'));
    await first.stop();
    const logFile = new DatabaseSync(join(folder, 'journal.sqlite'));
    logFile.exec(
      "update deliveries set reason = 'of a newer version', detail = '404' where channel = 'late'",
    );
    logFile.close();
    late.mend();
    const added = recorder('added');
    const second = startProgram([late.channel, added.channel], { isDiskFull: true });
    await clock.advance(0);
    expect(late.calls).toEqual([['a']]);
    second.database.exec('pragma query_only = false');
    await second.raise(alert('b'));
    expect(late.calls).toEqual([['a'], ['b']]);
    expect(added.calls).toEqual([['b']]);
    await second.stop();
  });

  it('loses no alert when the log file cannot be queried for deliveries, or a channel fails on its route', async () => {
    let isBroken = true;
    const [routed, other] = [recorder('routed'), recorder('other')];
    const channel: Channel = {
      ...routed.channel,
      wants() {
        if (isBroken) throw new Error('no route');
        return true;
      },
    };
    const program = startProgram([channel, other.channel]);
    program.database.exec('alter table deliveries rename to unreadable');
    await program.raise(alert('a'));
    expect(other.calls).toEqual([['a']]);
    expect(routed.calls).toEqual([]);
    isBroken = false;
    await clock.advance(2 * SECOND_MS);
    expect(routed.calls).toEqual([['a']]);
    program.database.exec('alter table unreadable rename to deliveries');
    await program.stop();
  });

  it('lets every channel finish its delivery when others hang or cannot be closed', async () => {
    const delivering = Promise.withResolvers<void>();
    let isDelivered = false;
    const slow: Channel = {
      id: 'slow',
      async deliver() {
        await delivering.promise;
        isDelivered = true;
      },
    };
    const broken: Channel = {
      ...recorder('broken').channel,
      close: () => Promise.reject(new Error('it does not close')),
    };
    const hanging: Channel = { ...recorder('hanging').channel, close: () => new Promise(() => undefined) };
    const program = startProgram([broken, hanging, slow]);
    await program.raise(alert('a'));
    let isStopped = false;
    const stopped = program.dispatcher.stop().finally(() => {
      isStopped = true;
    });
    await clock.advance(0);
    expect(isStopped).toBe(false);
    delivering.resolve();
    await clock.advance(2 * SECOND_MS);
    await stopped;
    expect(isDelivered).toBe(true);
    expect(await program.deliveries('slow')).toMatchObject([{ status: 'delivered' }]);
    program.kill();
  });

  it('does not wait longer for its next attempt because the clock was set back', async () => {
    let setBackMs = 0;
    const realNow = clock.now;
    clock.now = () => realNow() - setBackMs;
    let isFresh = true;
    const failing = recorder('failing');
    failing.fail('unreachable');
    const program = startProgram([{ ...failing.channel, skip: () => (isFresh ? null : 'too-old') }]);
    await program.raise(alert('a'));
    isFresh = false;
    await clock.advance(61 * SECOND_MS);
    isFresh = true;
    failing.mend();
    setBackMs = 24 * HOUR_MS;
    await program.raise(alert('b'));
    await clock.advance(61 * SECOND_MS);
    expect(failing.calls).toEqual([['b']]);
    await program.stop();
  });

  it('waits as long as the channel requests', async () => {
    const busy = recorder('busy');
    busy.fail('rate-limited', 300 * SECOND_MS);
    const program = startProgram([busy.channel]);
    await program.raise(alert('a'));
    busy.mend();
    await clock.advance(299 * SECOND_MS);
    expect(busy.calls).toEqual([]);
    await clock.advance(2 * SECOND_MS);
    expect(busy.calls).toEqual([['a']]);
    await program.stop();
  });

  it('makes a rejected alert a dead letter, and delivers the others', async () => {
    const calls: string[] = [];
    const strict: Channel = {
      id: 'strict',
      limits: { batch: 10, gatherMs: SECOND_MS },
      async deliver(alerts) {
        if (alerts.some(({ id }) => id === 'b'))
          throw new DeliveryError('rejected', verbatim('it is too long'));
        calls.push(...alerts.map(({ id }) => id));
      },
    };
    const program = startProgram([strict]);
    await program.raise(alert('a'), alert('b'), alert('c'));
    await clock.advance(2 * SECOND_MS);
    expect(calls).toEqual(['a', 'c']);
    expect(await program.deliveries('strict')).toMatchObject([
      { id: 'a', status: 'delivered' },
      { id: 'b', status: 'dead', reason: 'rejected' },
      { id: 'c', status: 'delivered' },
    ]);
    await program.stop();
  });

  it('delivers the rest of a partially accepted batch', async () => {
    const calls: (readonly string[])[] = [];
    const partial: Channel = {
      id: 'partial',
      limits: { batch: 10, gatherMs: SECOND_MS },
      async deliver(alerts) {
        calls.push(alerts.map(({ id }) => id));
        if (calls.length === 1)
          throw new DeliveryError('unreachable', verbatim('busy'), { delivered: ['b'] });
      },
    };
    const program = startProgram([partial]);
    await program.raise(alert('a'), alert('b'), alert('c'));
    await clock.advance(60 * SECOND_MS);
    expect(calls).toEqual([
      ['a', 'b', 'c'],
      ['a', 'c'],
    ]);
    await program.stop();
  });

  it('makes an alert a dead letter when the channel has failed for a day', async () => {
    const dead = recorder('dead');
    dead.fail('refused');
    const program = startProgram([dead.channel]);
    await program.raise(alert('a'));
    await clock.advance(25 * HOUR_MS);
    expect(await program.deliveries('dead')).toMatchObject([{ id: 'a', status: 'dead', reason: 'refused' }]);
    dead.mend();
    await program.raise(alert('b'));
    expect(dead.calls).toEqual([['b']]);
    await program.stop();
  });

  it('makes one more attempt after the machine has slept for longer than the day', async () => {
    const dead = recorder('dead');
    dead.fail('unreachable');
    let sleptMs = 0;
    const awake = clock;
    clock = { ...awake, now: () => awake.now() + sleptMs };
    const program = startProgram([dead.channel]);
    await program.raise(alert('a'), alert('b'));
    expect(await program.deliveries('dead')).toMatchObject([{ status: 'failed' }, { status: 'pending' }]);
    sleptMs = 30 * HOUR_MS;
    dead.mend();
    await clock.advance(61 * SECOND_MS);
    expect(dead.calls).toEqual([['a'], ['b']]);
    await program.stop();
  });

  it('makes an alert a dead letter when the attempt after such a sleep fails as well', async () => {
    const dead = recorder('dead');
    dead.fail('unreachable');
    const program = startProgram([dead.channel]);
    await program.raise(alert('a'));
    expect(await program.deliveries('dead')).toMatchObject([{ status: 'failed', attempts: 1 }]);
    program.kill();
    clock = virtualClock(NOW + 30 * HOUR_MS);
    const next = startProgram([dead.channel]);
    await clock.advance(61 * SECOND_MS);
    expect(await next.deliveries('dead')).toEqual([
      { id: 'a', status: 'dead', reason: 'unreachable', attempts: 2 },
    ]);
    await next.stop();
  });

  it('makes an alert that is damaged in the log a dead letter, with the reason, and delivers the others', async () => {
    const late = recorder('late');
    late.fail('unreachable');
    const program = startProgram([late.channel]);
    await program.raise(alert('a'), alert('b'));
    await program.stop();
    const file = openLogFile(join(folder, 'journal.sqlite'), NOW);
    file.database.exec("update alerts set alert = 'x' where id = 'a'");
    file.close();
    late.mend();
    const next = startProgram([late.channel]);
    await clock.advance(61 * SECOND_MS);
    expect(late.calls).toEqual([['b']]);
    expect(await next.deliveries('late')).toMatchObject([
      { id: 'a', status: 'dead', reason: 'damaged' },
      { id: 'b', status: 'delivered' },
    ]);
    expect(next.dispatcher.sendAgain('late')).toBe(0);
    await next.stop();
  });

  it('delivers alerts together that arrive within the digest time of the channel', async () => {
    const gathering = recorder('gathering', { batch: 100, gatherMs: 2 * SECOND_MS });
    const program = startProgram([gathering.channel]);
    await program.raise(alert('a'));
    await clock.advance(SECOND_MS);
    await program.raise(alert('b'));
    await clock.advance(999);
    expect(gathering.calls).toEqual([]);
    await clock.advance(1);
    await program.raise(alert('c'));
    await clock.advance(2 * SECOND_MS);
    expect(gathering.calls).toEqual([['a', 'b'], ['c']]);
    await program.stop();
  });

  it('includes every alert in one digest, in order, and delays none for longer than the digest time', {
    timeout: 120_000,
  }, async () => {
    const gatherMs = 2 * SECOND_MS;
    const gaps = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(gaps, async (gapsMs) => {
        const digests: { readonly ids: readonly string[]; readonly at: number }[] = [];
        const raisedAt = new Map<string, number>();
        const program = startProgram([
          {
            id: 'gathering',
            limits: { batch: 100, gatherMs },
            async deliver(alerts) {
              digests.push({ ids: alerts.map(({ id }) => id), at: clock.now() });
            },
          },
        ]);
        const run = clock.now();
        for (const [index, gapMs] of gapsMs.entries()) {
          await clock.advance(gapMs);
          raisedAt.set(`${run} ${index}`, clock.now());
          await program.raise(alert(`${run} ${index}`));
        }
        await clock.advance(gatherMs);
        await program.stop();
        expect(digests.flatMap(({ ids }) => ids)).toEqual(gapsMs.map((_, index) => `${run} ${index}`));
        for (const { ids, at } of digests) expect(at - (raisedAt.get(ids[0] ?? '') ?? 0)).toBe(gatherMs);
        await clock.advance(1);
      }),
      { numRuns: 30 },
    );
  });

  it('sends dead letters again on request, in order', async () => {
    const dead = recorder('dead');
    dead.fail('rejected');
    const program = startProgram([dead.channel]);
    await program.raise(alert('a'), alert('b'), alert('c'));
    expect(await program.deliveries('dead')).toMatchObject([
      { status: 'dead' },
      { status: 'dead' },
      { status: 'dead' },
    ]);
    dead.mend();
    expect(program.dispatcher.sendAgain('dead', ['b'])).toBe(1);
    await clock.advance(0);
    expect(dead.calls).toEqual([['b']]);
    expect(program.dispatcher.sendAgain('dead')).toBe(2);
    await clock.advance(0);
    expect(dead.calls).toEqual([['b'], ['a'], ['c']]);
    expect(program.dispatcher.sendAgain('dead')).toBe(0);
    expect(program.dispatcher.sendAgain('unknown')).toBe(0);
    await program.stop();
  });

  it('keeps to the rate of a channel', async () => {
    const limited = recorder('limited', { rate: { burst: 2, everyMs: 5 * SECOND_MS } });
    const program = startProgram([limited.channel]);
    await program.raise(...['a', 'b', 'c', 'd'].map((id) => alert(id)));
    expect(limited.calls).toEqual([['a'], ['b']]);
    await clock.advance(4_999);
    expect(limited.calls).toHaveLength(2);
    await clock.advance(1);
    expect(limited.calls).toHaveLength(3);
    await clock.advance(5 * SECOND_MS);
    expect(limited.calls).toEqual([['a'], ['b'], ['c'], ['d']]);
    await program.stop();
  });

  it('delivers to a channel the alerts of its route, and no others', async () => {
    const some = recorder('some');
    const program = startProgram([{ ...some.channel, wants: ({ id }) => id !== 'b' }]);
    await program.raise(alert('a'), alert('b'), alert('c'));
    expect(some.calls).toEqual([['a'], ['c']]);
    expect(await program.deliveries('some')).toHaveLength(2);
    await program.stop();
  });

  it('records skipped alerts, and those that are too old to be shown', async () => {
    let isQuiet = true;
    const shown = recorder('shown', { maxAgeMs: 300 * SECOND_MS });
    const channel: Channel = { ...shown.channel, skip: () => (isQuiet ? 'quiet-hours' : null) };
    const first = startProgram([channel]);
    await first.raise(alert('in quiet hours'));
    await clock.advance(20); // it is recorded
    isQuiet = false;
    shown.fail('unreachable');
    await first.raise(alert('before a restart'));
    first.kill();
    shown.mend();
    await clock.advance(301 * SECOND_MS);
    const second = startProgram([channel]);
    await second.raise(alert('now'));
    expect(shown.calls).toEqual([['now']]);
    expect(await second.deliveries('shown')).toMatchObject([
      { id: 'in quiet hours', status: 'skipped', reason: 'quiet-hours' },
      { id: 'before a restart', status: 'skipped', reason: 'too-old' },
      { id: 'now', status: 'delivered', reason: null },
    ]);
    await second.stop();
  });

  it('passes an alert to the first channel in the same turn of the event loop, and to the others in the next', async () => {
    const order: string[] = [];
    const named = (id: string): Channel => ({
      id,
      wants: () => {
        order.push(id);
        return true;
      },
      deliver: async () => undefined,
    });
    const program = startProgram([named('file'), named('other'), named('another')]);
    const raised = program.raise(alert('a'));
    for (let turn = 0; turn < 50 && order.length === 0; turn++) await Promise.resolve();
    expect(order).toEqual(['file']);
    await raised;
    expect(order).toEqual(['file', 'other', 'another']);
    await program.stop();
  });

  it('does not repeat deliveries that were made while the log could not be written', async () => {
    const recorded = recorder('recorded');
    const program = startProgram([recorded.channel]);
    program.dispatcher.deliverUnlogged([alert('a')]);
    await clock.advance(0);
    await program.raise(alert('a'));
    expect(recorded.calls).toEqual([['a']]);
    await program.stop();
  });

  it('loses nothing and keeps the order, with kills and channel failures at any time', {
    timeout: 120_000,
  }, async () => {
    const step = fc.constantFrom('raise', 'fail', 'mend', 'wait', 'kill', 'stop');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        // Timers of the previous sequence must not fire.
        clock = virtualClock(clock.now() + HOUR_MS);
        const recorded = recorder('recorded');
        let program = startProgram([recorded.channel]);
        const raised: string[] = [];
        for (const what of [...steps, 'mend', 'kill', 'wait'] as const) {
          if (what === 'raise') {
            raised.push(`${clock.now()} ${raised.length}`);
            await program.raise(alert(raised.at(-1) ?? ''));
          } else if (what === 'fail') recorded.fail('unreachable');
          else if (what === 'mend') recorded.mend();
          else if (what === 'wait') await clock.advance(61 * SECOND_MS);
          else {
            if (what === 'kill') program.kill();
            else await program.stop();
            program = startProgram([recorded.channel]);
          }
        }
        await program.stop();
        const first = recorded.calls.flat().filter((id, index, all) => all.indexOf(id) === index);
        expect(first).toEqual(raised);
      }),
      { numRuns: 25 },
    );
  });
});
