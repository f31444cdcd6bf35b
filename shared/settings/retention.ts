import { z } from 'zod';
import { says } from '../messages/fault-of-issue.ts';
import { isArchivePlace, parseArchiveUrl } from './archive-url.ts';

/** Longer than any prices are stored. */
const MAX_DAYS = 36_500;

const archiveUrlSchema = z
  .string()
  .trim()
  .superRefine((url, context) => {
    const parsed = parseArchiveUrl(url);
    if (!isArchivePlace(parsed)) context.addIssue({ code: 'custom', ...says(parsed) });
  });

/** The settings of how long ticks and minute candles stay in the database, and where they are archived: see docs/archive.md. */
export const retentionShape = {
  /** The URL of the archive of older months; null for no archive. */
  archiveUrl: archiveUrlSchema.nullable(),
  /** Ticks of a month are archived when all of them are older than this number of days; null for never. */
  keepTicksDays: z.number().int().min(1).max(MAX_DAYS).nullable(),
  /** The same for candles of minutes. */
  keepMinutesDays: z.number().int().min(1).max(MAX_DAYS).nullable(),
  /** The oldest months are archived while the tables are larger than this number of gigabytes (10^9 bytes); null for any size. */
  maxDatabaseGb: z.number().min(0.1).nullable(),
  /** Whether months that are due are deleted when there is no archive. */
  deleteWithoutArchive: z.boolean(),
};

const retentionSchema = z.object(retentionShape);
export type Retention = Readonly<z.output<typeof retentionSchema>>;

export const DEFAULT_RETENTION: Retention = {
  archiveUrl: null,
  keepTicksDays: 90,
  keepMinutesDays: 730,
  maxDatabaseGb: null,
  deleteWithoutArchive: false,
};

export const RETENTION_SETTINGS = Object.keys(DEFAULT_RETENTION) as readonly (keyof Retention)[];
