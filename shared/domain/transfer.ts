import { z } from 'zod';
import { messageSchema } from '../messages/message.ts';
import { intervalSchema } from './interval.ts';

export const EXPORT_KINDS = ['ticks', 'candles', 'alerts'] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

export const IMPORT_KINDS = ['ticks', 'candles'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

/** What files of ticks and candles are written and read in. */
export const FILE_FORMATS = ['csv', 'jsonl', 'parquet'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

/** How far an import is: what it counts, and, once it is over, what came of it. */
export const importStateSchema = z.object({
  phase: z.enum(['reading', 'writing', 'done', 'failed']),
  /** Rows that were read. */
  rows: z.number().int().nonnegative(),
  /** Rows that are new in the database. */
  accepted: z.number().int().nonnegative(),
  /** Rows that were there already, or twice in the file. */
  repeated: z.number().int().nonnegative(),
  refused: z.number().int().nonnegative(),
  /** What was read, and in which range of times; null until it is over. */
  summary: messageSchema.nullable(),
  /** The first of the refused rows with their reasons, once it is over. */
  refusals: z.array(z.object({ line: z.number().int(), reason: messageSchema })).readonly(),
  /** Why it failed; what was written before stays. */
  failure: messageSchema.nullable(),
});
export type ImportState = Readonly<z.infer<typeof importStateSchema>>;

/** What of a coin is exported; all that is stored without a range. Times are in milliseconds since the epoch, `to` is exclusive. */
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
  /** Under which name the rows are stored; `import` when absent. */
  source: z.string().min(1).optional(),
  /** Found out from the content when absent. */
  format: z.enum(FILE_FORMATS).optional(),
});
export type ImportChoice = Readonly<z.infer<typeof importChoiceSchema>>;
