import type { ImportOptions, ImportProgress } from './import-options.ts';
import type { Refusals } from './refusals.ts';

/** Counts rows by their result, and reports the progress periodically. */
export type ImportMeter = {
  /** The number of rows read; the following fields count their results. */
  rows: number;
  accepted: number;
  replaced: number;
  repeated: number;
  /** The times of the first and the last row that is accepted or repeated, in milliseconds since the epoch. */
  from: number | null;
  to: number | null;
  /** Call before the first row is written. */
  beginWriting(): void;
  /** Reports if enough time has passed since the last report, or, with `now`, in any case. */
  report(when?: 'now'): void;
};

const REPORT_EVERY_MS = 250;

export function createImportMeter(
  { onProgress }: Pick<ImportOptions, 'onProgress'>,
  input: { bytesRead(): number; readonly totalBytes: number | null },
  refusals: Pick<Refusals, 'count'>,
): ImportMeter {
  let phase: ImportProgress['phase'] = 'reading';
  let beganAt = performance.now();
  let reportedAt = beganAt;
  const meter: ImportMeter = {
    rows: 0,
    accepted: 0,
    replaced: 0,
    repeated: 0,
    from: null,
    to: null,
    beginWriting() {
      phase = 'writing';
      beganAt = performance.now();
    },
    report(when) {
      const now = performance.now();
      if (onProgress === undefined || (when !== 'now' && now - reportedAt < REPORT_EVERY_MS)) return;
      reportedAt = now;
      const { rows, accepted, repeated } = meter;
      const done = phase === 'reading' ? rows : accepted + repeated;
      onProgress({
        phase,
        bytes: input.bytesRead(),
        totalBytes: input.totalBytes,
        rows,
        accepted,
        repeated,
        refused: refusals.count(),
        rowsPerSecond: Math.round((done / Math.max(1, now - beganAt)) * 1_000),
      });
    },
  };
  return meter;
}

/** Extends the time range of a meter; times are in milliseconds since the epoch. */
export function noteTimes(meter: ImportMeter, from: number, to: number): void {
  meter.from = Math.min(meter.from ?? from, from);
  meter.to = Math.max(meter.to ?? to, to);
}
