import type { Interval } from '../../../../shared/domain/interval.ts';
import type { ExportKind, FileFormat } from '../../../../shared/domain/transfer.ts';

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
  readonly format: FileFormat;
};
