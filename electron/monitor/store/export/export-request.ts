import type { Interval } from '../../../../shared/domain/interval.ts';
import type { ExportKind, FileFormat } from '../../../../shared/domain/transfer.ts';

/** A coin and a time range in milliseconds since the epoch; `to` is excluded. */
export type ExportRange = {
  readonly coinId: string;
  readonly vsCurrency: string;
  readonly from: number;
  readonly to: number;
};

export type ExportRequest = {
  readonly kind: ExportKind;
  readonly range: ExportRange;
  /** The interval of candles. */
  readonly interval: Interval;
  readonly format: FileFormat;
};
