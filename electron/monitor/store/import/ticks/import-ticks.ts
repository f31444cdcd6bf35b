import { setImmediate as turn } from 'node:timers/promises';
import type { Tick } from '../../../../../shared/domain/tick.ts';
import { message } from '../../../../../shared/messages/message.ts';
import { MessageError } from '../../../../../shared/messages/message-error.ts';
import { createPartitions, type Partitions } from '../../partitions/keep-partitions.ts';
import { monthOf } from '../../partitions/partition-month.ts';
import { createSeriesIds, type SeriesIds } from '../../series/series-ids.ts';
import { createBatch, type PreparedBatch } from '../../writer/prepare-batch.ts';
import { writeBatch } from '../../writer/write-batch.ts';
import { createWriteTurns } from '../../writer/write-turns.ts';
import { checkedName, type ImportName } from '../checked-name.ts';
import { createImportMeter, type ImportMeter, noteTimes } from '../import-meter.ts';
import type { ImportOptions, ImportSummary } from '../import-options.ts';
import type { OpenedInput } from '../input/open-table.ts';
import { withOpenedImport } from '../input/with-opened-import.ts';
import { createRefusals, type Refusals } from '../refusals.ts';
import { createTimeCheck } from '../rows/time-check.ts';
import { readUnusableMonths } from './archived-months.ts';
import { createImportedSources, type ImportedSources } from './imported-sources.ts';
import { placeTicks } from './place-ticks.ts';
import { readStoredTicks, type SeriesStretch, stretchKey } from './read-stored-ticks.ts';
import { createReadTick } from './read-tick.ts';
import { createStagedTicks, type StagedTicks } from './staged-ticks.ts';
import { type TickColumns, tickColumns } from './tick-columns.ts';
import { groupBatches, type TickGroup } from './tick-groups.ts';

const [MILLISECOND_US, SECOND_US] = [1_000, 1_000_000];

/**
 * Imports ticks: prices, or trades if there are amounts. They are written like live ones, so that candles are the same as if the
 * program had been running. Everything is first read into a temporary file and sorted; an input that is refused as a whole
 * changes nothing. Importing the same ticks again changes nothing, and an interrupted import can be repeated.
 *
 * Ticks with equal times are distinguished by microseconds, see `placeTicks`.
 *
 * @throws MessageError when the input cannot be read or parsed, another import is running, or the database fails; the signal's
 * reason
 */
export async function importTicks(options: ImportOptions): Promise<ImportSummary> {
  const name = checkedName(options);
  return withOpenedImport(options, createStagedTicks, (input, staged) =>
    importOpened(options, name, input, staged),
  );
}

async function importOpened(
  options: ImportOptions,
  name: ImportName,
  input: OpenedInput,
  staged: StagedTicks,
): Promise<ImportSummary> {
  const refusals = createRefusals(options.onRefused);
  const meter = createImportMeter(options, input, refusals);
  const columns = tickColumns(input.table);
  const sources = createImportedSources();
  await stageTicks(options, { name, input, staged, columns, sources, refusals, meter });
  await input.close();
  if (meter.rows === 0) throw new MessageError(message('import.no-rows'));
  meter.beginWriting();
  await writeStaged(options, { name, staged, sources, refusals, meter });
  return {
    kind: 'ticks',
    layout: columns.layout,
    sources: sources.names(),
    interval: null,
    rows: meter.rows,
    accepted: meter.accepted,
    replaced: 0,
    repeated: meter.repeated,
    refused: refusals.count(),
    refusals: refusals.first(),
    from: meter.from,
    to: meter.to,
  };
}

type Parts = {
  readonly name: ImportName;
  readonly staged: StagedTicks;
  readonly sources: ImportedSources;
  readonly refusals: Refusals;
  readonly meter: ImportMeter;
};

async function stageTicks(
  options: ImportOptions,
  parts: Parts & { readonly input: OpenedInput; readonly columns: TickColumns },
): Promise<void> {
  const { name, input, staged, sources, refusals, meter } = parts;
  // If no source was given, an exported file keeps its own sources.
  const keepsSources = parts.columns.source !== -1 && !name.isSourceGiven;
  const columns = keepsSources ? parts.columns : { ...parts.columns, source: -1 };
  if (!keepsSources) sources.numberOf(name.source);
  const refuseMonth = await options.run((client) => readUnusableMonths(client, name));
  const readTick = createReadTick(
    columns,
    createTimeCheck(options.clock.now()),
    sources.numberOf,
    (source, at) => refuseMonth(sources.names()[source] ?? '', at),
  );
  let last: { readonly at: number; readonly source: number } | null = null;
  for await (const rows of input.table.rows) {
    options.signal.throwIfAborted();
    for (const row of rows) {
      meter.rows += 1;
      const tick = row.fault ?? readTick(row.line, row.cells);
      if ('code' in tick) {
        refusals.add(row.line, tick);
        continue;
      }
      if (last?.at === tick.at) sources.noteOrder(last.source, tick.source);
      last = tick;
      staged.add(tick);
    }
    meter.report();
    await turn();
  }
}

/** A batch that waits for its turn to be written. */
type ReadyBatch = { readonly batch: PreparedBatch; readonly rows: Buffer; readonly repeated: number };

/** Writes the staged ticks. While one batch is being written, the next one is read, compared with stored ticks, and encoded. */
async function writeStaged(options: ImportOptions, parts: Parts): Promise<void> {
  const { run, clock, log, signal } = options;
  const { name, staged, sources, meter } = parts;
  const ids = createSeriesIds(run);
  // One at a time, so that their ids are in this order.
  for (const source of sources.inOrder()) await ids.load([{ ...name, source }]);
  const partitions = createPartitions({
    run,
    whenReady: async () => undefined,
    session: () => null,
    clock,
    log,
    report: () => undefined,
  });
  const lengthUs = staged.areWholeSeconds() ? SECOND_US : MILLISECOND_US;
  const newestMinutes = new Map(
    sources.names().map((source, number) => [number, ids.of({ ...name, source }).newestMinute]),
  );
  let writing: Promise<void> = Promise.resolve();
  try {
    for (const groups of groupBatches(staged.byTime(), lengthUs)) {
      signal.throwIfAborted();
      const ready = await prepare(options, parts, ids, newestMinutes, groups, lengthUs);
      await writing;
      writing = write(options, partitions, ready, meter);
      // It is awaited later and may have failed by then.
      writing.catch(() => undefined);
      meter.report();
    }
    await writing;
  } finally {
    await writing.catch(() => undefined);
    meter.report('now');
  }
}

async function prepare(
  { run }: ImportOptions,
  { name, sources, refusals, meter }: Parts,
  ids: SeriesIds,
  newestMinutes: ReadonlyMap<number, number>,
  groups: readonly TickGroup[],
  lengthUs: number,
): Promise<ReadyBatch> {
  const names = sources.names();
  const seriesOf = (source: number) => ids.of({ ...name, source: names[source] ?? '' });
  const stretchOf = ({ source, start }: TickGroup): SeriesStretch => ({
    seriesId: seriesOf(source).id,
    start,
  });
  // Ticks that are later than all ticks of the series at the beginning are new.
  const mayBeStored = groups.filter(
    ({ source, start }) => start / 1_000 < (newestMinutes.get(source) ?? 0) + 60_000,
  );
  const stored =
    mayBeStored.length === 0
      ? new Map()
      : await run((client) => readStoredTicks(client, mayBeStored.map(stretchOf), lengthUs));
  const ticks: Tick[] = [];
  let repeated = 0;
  for (const group of groups) {
    const known = stored.size === 0 ? [] : (stored.get(stretchKey(stretchOf(group))) ?? []);
    const placement = placeTicks(group.ticks, known, group.start, lengthUs);
    repeated += placement.repeated;
    for (const { line } of placement.crowded) refusals.add(line, message('import.crowded'));
    for (const { at, tick } of placement.placed)
      ticks.push({
        coinId: name.coinId,
        vsCurrency: name.vsCurrency,
        source: names[tick.source] ?? '',
        // A division, not a sum of parts, gives the number nearest to the database's value.
        observedAt: at / 1_000,
        price: tick.price,
        volume24h: tick.volume24h,
        amount: tick.amount,
        marketCap: tick.marketCap,
        change24hPct: null,
      });
  }
  const [first, last] = [groups.at(0), groups.at(-1)];
  if (first !== undefined && last !== undefined)
    noteTimes(meter, (first.ticks[0]?.at ?? 0) / 1_000, (last.ticks.at(-1)?.at ?? 0) / 1_000);
  const batch = createBatch(ids);
  return { batch, rows: await batch.add([{ ticks, alerts: [] }]), repeated };
}

async function write(
  { run }: ImportOptions,
  partitions: Partitions,
  { batch, rows, repeated }: ReadyBatch,
  meter: ImportMeter,
): Promise<void> {
  if (batch.ticks.length > 0) {
    const months = new Set(batch.ticks.map(({ observedAt }) => monthOf(observedAt).from));
    for (const month of months) await partitions.ensure(month, month);
    const fresh = await writeBatch(createWriteTurns(run), batch, rows, Number.NEGATIVE_INFINITY);
    meter.accepted += fresh;
    meter.repeated += batch.ticks.length - fresh;
  }
  meter.repeated += repeated;
}
