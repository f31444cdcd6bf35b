import { setImmediate as turn } from 'node:timers/promises';
import { type HistoryInterval, intervalLengthMs } from '../../../../../shared/domain/interval.ts';
import { message } from '../../../../../shared/messages/message.ts';
import { MessageError } from '../../../../../shared/messages/message-error.ts';
import type { HistoryCandle } from '../../../history/history-store.ts';
import { saveHistory } from '../../history/save-history.ts';
import { checkedName, type ImportName } from '../checked-name.ts';
import { createImportMeter, type ImportMeter, noteTimes } from '../import-meter.ts';
import type { ImportCandlesOptions, ImportSummary } from '../import-options.ts';
import type { OpenedInput } from '../input/open-table.ts';
import { withOpenedImport } from '../input/with-opened-import.ts';
import { createRefusals, type Refusals } from '../refusals.ts';
import { createTimeCheck } from '../rows/time-check.ts';
import { candleColumns } from './candle-columns.ts';
import { candleInterval } from './candle-interval.ts';
import { coveredRanges } from './covered-ranges.ts';
import { readCandle } from './read-candle.ts';
import { readStoredCandles } from './read-stored-candles.ts';
import { createStagedCandles, type StagedCandle, type StagedCandles } from './staged-candles.ts';

const CANDLES_PER_BATCH = 5_000;

/**
 * Imports candles. Like those requested from providers, they are stored at their own length, with the ranges that they cover, and
 * separately from measured candles, which they never change. Importing the same candles again changes nothing.
 *
 * @throws MessageError when the input cannot be read or parsed, another import is running, or the database fails; the signal's
 * reason
 */
export async function importCandles(options: ImportCandlesOptions): Promise<ImportSummary> {
  const name = checkedName(options);
  return withOpenedImport(options, createStagedCandles, (input, staged) =>
    importOpened(options, name, input, staged),
  );
}

async function importOpened(
  options: ImportCandlesOptions,
  name: ImportName,
  input: OpenedInput,
  staged: StagedCandles,
): Promise<ImportSummary> {
  const refusals = createRefusals(options.onRefused);
  const meter = createImportMeter(options, input, refusals);
  const columns = candleColumns(input.table);
  const times = createTimeCheck(options.clock.now());
  for await (const rows of input.table.rows) {
    options.signal.throwIfAborted();
    for (const row of rows) {
      meter.rows += 1;
      const candle = row.fault ?? readCandle(columns, times, row.line, row.cells);
      if ('code' in candle) refusals.add(row.line, candle);
      else staged.add(candle);
    }
    meter.report();
    await turn();
  }
  await input.close();
  if (meter.rows === 0) throw new MessageError(message('import.no-rows'));
  const count = meter.rows - refusals.count();
  const interval = count === 0 ? null : candleInterval(staged, count, options.interval);
  meter.beginWriting();
  if (interval !== null) await writeStaged(options, { name, staged, interval, refusals, meter });
  return {
    kind: 'candles',
    layout: columns.layout,
    sources: [name.source],
    interval,
    rows: meter.rows,
    accepted: meter.accepted,
    replaced: meter.replaced,
    repeated: meter.repeated,
    refused: refusals.count(),
    refusals: refusals.first(),
    from: meter.from,
    to: meter.to,
  };
}

type Parts = {
  readonly name: ImportName;
  readonly staged: StagedCandles;
  readonly interval: HistoryInterval;
  readonly refusals: Refusals;
  readonly meter: ImportMeter;
};

async function writeStaged(options: ImportCandlesOptions, parts: Parts): Promise<void> {
  const { staged, meter } = parts;
  let coveredUntil: number | null = null;
  let batch: StagedCandle[] = [];
  const writeOne = async (): Promise<void> => {
    options.signal.throwIfAborted();
    if (batch.length > 0) coveredUntil = await writeCandles(options, parts, batch, coveredUntil);
    batch = [];
    meter.report();
  };
  try {
    for (const candle of wholeCandles(staged.byTime(), parts, options.clock.now())) {
      batch.push(candle);
      if (batch.length >= CANDLES_PER_BATCH) await writeOne();
    }
    await writeOne();
  } finally {
    meter.report('now');
  }
}

/** The candles that can be stored: aligned, complete, and one for each time. */
function* wholeCandles(
  candles: Iterable<StagedCandle>,
  { interval, refusals, meter }: Parts,
  now: number,
): Generator<StagedCandle> {
  const lengthMs = intervalLengthMs(interval);
  let last: StagedCandle | null = null;
  for (const candle of candles) {
    if (candle.start % lengthMs !== 0) {
      refusals.add(candle.line, message('import.misaligned', { interval }));
    } else if (candle.start + lengthMs > now) {
      refusals.add(candle.line, message('import.not-over'));
    } else if (last?.start !== candle.start) {
      last = candle;
      yield candle;
    } else if (isSame(last, candle)) {
      meter.repeated += 1;
    } else {
      refusals.add(candle.line, message('import.two-candles', { line: last.line }));
    }
  }
}

/** @returns the end of the covered range */
async function writeCandles(
  { run }: ImportCandlesOptions,
  { name, interval, meter }: Parts,
  batch: readonly StagedCandle[],
  coveredUntil: number | null,
): Promise<number | null> {
  const lengthMs = intervalLengthMs(interval);
  const [first, last] = [batch.at(0), batch.at(-1)];
  if (first === undefined || last === undefined) return coveredUntil;
  const counts = await run(async (client) => {
    const stored = await readStoredCandles(client, name, interval, first.start, last.start);
    const changed = batch.filter((candle) => {
      const known = stored.get(candle.start);
      return known === undefined || !isSame(known, candle);
    });
    await saveHistory(client, {
      request: { source: name.source, coinId: name.coinId, vsCurrency: name.vsCurrency, interval },
      volumeKind: 'traded',
      candles: changed,
      covered: coveredRanges(batch, lengthMs, coveredUntil),
      found: true,
    });
    return { accepted: changed.length, replaced: changed.filter(({ start }) => stored.has(start)).length };
  });
  meter.accepted += counts.accepted;
  meter.replaced += counts.replaced;
  meter.repeated += batch.length - counts.accepted;
  noteTimes(meter, first.start, last.start);
  return last.start + lengthMs;
}

function isSame(a: HistoryCandle, b: HistoryCandle): boolean {
  return (
    a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close && a.volume === b.volume
  );
}
