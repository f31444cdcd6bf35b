import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type BenchResult, percentile } from './result.ts';
import { TREE } from './tree.ts';

/** Milliseconds from a tick to the synced line of its alert, and the parts of them. */
export type AlertLineSample = {
  /** Until another program can read the line; it is synced afterwards. */
  readonly readableMs: number;
  readonly totalMs: number;
  /** From the call that appends the batch to its record on disk. */
  readonly logMs: number;
  /** From the call that delivers the alert to its line on disk. */
  readonly lineMs: number;
  /** All else: the engine, and what is between the two. */
  readonly restMs: number;
};

export type AlertLineReport = {
  readonly samples: readonly AlertLineSample[];
  /** What the disk took to append as much and to sync it, in turns with them. */
  readonly diskMs: readonly number[];
  /** The same twice, one after the other, as no line can take less. */
  readonly twiceMs: readonly number[];
};

/** Milliseconds from a tick to its alert's line, as others read it and on disk, beside an append with a sync to the same disk; and where they go. */
export async function benchAlertLine(): Promise<readonly BenchResult[]> {
  const child = fork(join(import.meta.dirname, 'alert-line-program.ts'), [TREE]);
  const ended = once(child, 'exit').then(() => {
    throw new Error('The process that writes lines has ended.');
  });
  ended.catch(() => undefined);
  const [report] = (await Promise.race([once(child, 'message'), ended])) as [AlertLineReport];
  return [...rowsOfTotal(report), ...rowsOfParts(report)];
}

function rowsOfTotal({ samples, diskMs, twiceMs }: AlertLineReport): readonly BenchResult[] {
  const readable = samples.map(({ readableMs }) => readableMs);
  const totals = samples.map(({ totalMs }) => totalMs);
  return [0.5, 0.99].flatMap((share) => [
    {
      name: `alerts, disk: append and fsync, p${share * 100}`,
      value: percentile(diskMs, share),
      unit: 'ms',
      ratio: percentile(diskMs, share) / percentile(diskMs, 0.5),
      ratioTo: 'the median',
    },
    {
      name: `alerts, disk: the same twice, p${share * 100}`,
      value: percentile(twiceMs, share),
      unit: 'ms',
      ratio: percentile(twiceMs, share) / percentile(diskMs, share),
      ratioTo: 'append and fsync',
    },
    {
      name: `alerts, tick to line as read by others, p${share * 100}`,
      value: percentile(readable, share),
      unit: 'ms',
      ratio: percentile(readable, share) / percentile(diskMs, share),
      ratioTo: 'append and fsync',
    },
    {
      name: `alerts, tick to line on disk, p${share * 100}`,
      value: percentile(totals, share),
      unit: 'ms',
      ratio: percentile(totals, share) / percentile(diskMs, share),
      ratioTo: 'append and fsync',
    },
  ]);
}

/** Means, which add up. */
function rowsOfParts({ samples }: AlertLineReport): readonly BenchResult[] {
  const meanOf = (part: keyof AlertLineSample): number =>
    samples.reduce((sum, sample) => sum + sample[part], 0) / samples.length;
  const total = meanOf('totalMs');
  return (
    [
      ['the record in the log', 'logMs'],
      ['the line', 'lineMs'],
      ['all else', 'restMs'],
    ] as const
  ).map(([name, part]) => ({
    name: `alerts, of which ${name}`,
    value: meanOf(part),
    unit: 'ms',
    ratio: meanOf(part) / total,
    ratioTo: 'all of it',
  }));
}
