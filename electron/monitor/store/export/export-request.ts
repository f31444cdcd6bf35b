import type { Interval } from '../../../../shared/domain/interval.ts';

export const EXPORT_KINDS = ['ticks', 'candles', 'alerts'] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

export const EXPORT_FORMATS = ['csv', 'jsonl', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** A coin from one instant to before another, in milliseconds since the epoch. */
export type ExportRange = {
  readonly coinId: string;
  readonly vsCurrency: string;
  readonly from: number;
  readonly to: number;
};

export type ExportRequest = {
  readonly kind: ExportKind;
  readonly range: ExportRange;
  /** Of candles. */
  readonly interval: Interval;
  readonly format: ExportFormat;
};
