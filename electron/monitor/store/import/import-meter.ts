import type { ImportOptions, ImportProgress } from './import-options.ts';
import type { Refusals } from './refusals.ts';

/** Counts what becomes of rows, and reports the progress now and then. */
export type ImportMeter = {
  /** Of the rows that were read; the others are counted below. */
  rows: number;
  accepted: number;
  replaced: number;
  repeated: number;
  /** Times of the first and the last row that is accepted or repeated, in milliseconds since the epoch. */
  from: number | null;
  to: number | null;
  /** From now on rows are written. */
  beginWriting(): void;
  /** Reports when the last report was some time ago, or now. */
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

/** Extends the times of a meter by those of rows, in milliseconds since the epoch. */
export function noteTimes(meter: ImportMeter, from: number, to: number): void {
  meter.from = Math.min(meter.from ?? from, from);
  meter.to = Math.max(meter.to ?? to, to);
}
