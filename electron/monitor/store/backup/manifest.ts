import { createHash } from 'node:crypto';
import { z } from 'zod';
import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import { backupColumnSchema } from './table-columns.ts';

/** Incremented when an older program could misread a file, or a newer one cannot read it. See docs/backup.md. */
export const BACKUP_FORMAT = 1;

const NAME = 'crypto-price-monitor-backup';

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
const countSchema = z.number().int().min(0);
const pathSchema = z.string().regex(/^data\/[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/);

const fileSchema = z.strictObject({
  path: pathSchema,
  bytes: countSchema,
  /** Hash of the file's bytes. */
  fileSha256: sha256Schema,
});

const partSchema = fileSchema.extend({
  /** A month, a year, or `all`. */
  label: z.string().regex(/^(all|\d{4,6}(-\d\d)?)$/),
  rows: countSchema,
  /** Hash of the values; see docs/archive.md. */
  rowsSha256: sha256Schema,
  firstAt: z.number().nullable(),
  lastAt: z.number().nullable(),
});
export type ManifestPart = Readonly<z.infer<typeof partSchema>>;

const tableSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  columns: z.array(backupColumnSchema).readonly(),
  rows: countSchema,
  parts: z.array(partSchema).readonly(),
});
export type ManifestTable = Readonly<z.infer<typeof tableSchema>>;

const manifestSchema = z.strictObject({
  format: z.literal(NAME),
  formatVersion: z.literal(BACKUP_FORMAT),
  /** The time of its database snapshot, as in its file name. */
  id: z.string().regex(/^[0-9TZ-]+$/),
  takenAt: z.iso.datetime(),
  programVersion: z.string(),
  /** The version of the newest migration. */
  schemaVersion: countSchema,
  postgresVersion: z.string(),
  rows: countSchema,
  tables: z.array(tableSchema).readonly(),
  /** The settings without secrets; null when there are none. */
  settings: fileSchema.nullable(),
});
/** The content of a backup. The manifest is written after all files are verified: a backup without one does not exist. */
export type Manifest = Readonly<z.infer<typeof manifestSchema>>;

const FOLDER = 'backups';

export function manifestPath(id: string): string {
  return `${FOLDER}/${id}.json`;
}

/** The id in the path of a manifest; null for other paths. */
export function idOfPath(path: string): string | null {
  return /^backups\/([0-9TZ-]+)\.json$/.exec(path)?.[1] ?? null;
}

export function backupId(takenAt: number): string {
  return new Date(takenAt).toISOString().replace(/[:.]/g, '-');
}

/** Encodes the manifest as JSON whose last entry is the SHA-256 of all others. */
export function encodeManifest(manifest: Manifest): Buffer {
  const content = JSON.stringify(manifest, null, 1);
  return Buffer.from(`${content.slice(0, -2)},\n "sha256": "${hashOf(content)}"\n}\n`);
}

/** @throws MessageError when the manifest is damaged or has a newer format version */
export function decodeManifest(path: string, bytes: Uint8Array): Manifest {
  const text = Buffer.from(bytes).toString('utf8');
  const damaged = (cause: unknown): MessageError =>
    new MessageError(message('backup.damaged-manifest', { path }), { cause });
  let content: Record<string, unknown>;
  try {
    content = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch (cause) {
    throw damaged(cause);
  }
  const { sha256, ...rest } = content;
  if (sha256 !== hashOf(JSON.stringify(rest, null, 1))) throw damaged(undefined);
  if (rest.format === NAME && Number(rest.formatVersion) > BACKUP_FORMAT) {
    const versions = { version: Number(rest.formatVersion), newest: BACKUP_FORMAT };
    throw new MessageError(message('backup.newer-format', { path, ...versions }));
  }
  const parsed = manifestSchema.safeParse(rest);
  if (!parsed.success) throw damaged(parsed.error);
  return parsed.data;
}

function hashOf(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
