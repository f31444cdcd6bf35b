import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type BenchResult, percentile } from './result.ts';
import { TREE } from './tree.ts';

/** Milliseconds from a tick to the synced line of its alert, and the parts of them. */
export type AlertLineSample = {
  /** Until another program can read the line, which is before it is synced. */
  readonly readableMs: number;
  readonly totalMs: number;
  /** From the call that appends the batch until its record is on disk. */
  readonly logMs: number;
  /** From the call that delivers the alert until its line is on disk. */
  readonly lineMs: number;
  /** The remainder: the engine, and the parts between log and delivery. */
  readonly restMs: number;
};

export type AlertLineReport = {
  readonly samples: readonly AlertLineSample[];
  /** A plain append of as many bytes with its fsync, measured alternately. */
  readonly diskMs: readonly number[];
  /** Two of them, one after the other: the minimum for a line, which is synced to the log and to the file. */
  readonly twiceMs: readonly number[];
};

/**
 * Milliseconds from a tick until the line of its alert can be read, and until it is on disk, compared with a plain append and fsync on
 * the same disk; and the share of each part.
 */
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

/** Means, because unlike percentiles they add up to the total. */
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
