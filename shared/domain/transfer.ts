import { z } from 'zod';
import { messageSchema } from '../messages/message.ts';
import { intervalSchema } from './interval.ts';

export const EXPORT_KINDS = ['ticks', 'candles', 'alerts'] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

export const IMPORT_KINDS = ['ticks', 'candles'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

/** The file formats of exports and imports. */
export const FILE_FORMATS = ['csv', 'jsonl', 'parquet'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

/** The progress of an import and, once it has ended, its result. */
export const importStateSchema = z.object({
  phase: z.enum(['reading', 'writing', 'done', 'failed']),
  /** Rows that were read. */
  rows: z.number().int().nonnegative(),
  /** Rows that are new in the database. */
  accepted: z.number().int().nonnegative(),
  /** Rows that were already stored, or occurred twice in the file. */
  repeated: z.number().int().nonnegative(),
  refused: z.number().int().nonnegative(),
  /** What was read, and its time range; null until the import has ended. */
  summary: messageSchema.nullable(),
  /** The first refused rows with the reasons; empty until the import has ended. */
  refusals: z.array(z.object({ line: z.number().int(), reason: messageSchema })).readonly(),
  /** Why it failed. Rows that were written before are kept. */
  failure: messageSchema.nullable(),
});
export type ImportState = Readonly<z.infer<typeof importStateSchema>>;

/** The data of a coin to export; everything stored if no range is given. Times are in milliseconds since the epoch; `to` is exclusive. */
export const exportChoiceSchema = z.strictObject({
  kind: z.enum(EXPORT_KINDS),
  coinId: z.string().min(1),
  /** Of candles. */
  interval: intervalSchema,
  from: z.number().int().optional(),
  to: z.number().int().optional(),
  format: z.enum(FILE_FORMATS),
});
export type ExportChoice = Readonly<z.infer<typeof exportChoiceSchema>>;

export const importChoiceSchema = z.strictObject({
  kind: z.enum(IMPORT_KINDS),
  coinId: z.string().min(1),
  /** The source under which the rows are stored; `import` if absent. */
  source: z.string().min(1).optional(),
  /** Detected from the content if absent. */
  format: z.enum(FILE_FORMATS).optional(),
});
export type ImportChoice = Readonly<z.infer<typeof importChoiceSchema>>;
