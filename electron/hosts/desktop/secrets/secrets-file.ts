import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { message } from '../../../../shared/messages/message.ts';
import { replaceFile } from '../../../monitor/files/atomic-file.ts';
import { fileMessage } from '../../../monitor/files/file-error.ts';
import { SECRET_NAMES, SecretError, type SecretName } from '../../../monitor/secrets/secret-store.ts';

const entrySchema = z.discriminatedUnion('kind', [
  /** The secret as encrypted by safeStorage, in base64. */
  z.strictObject({ kind: z.literal('encrypted'), data: z.base64() }),
  /** The secret in plain text, with the user's consent. */
  z.strictObject({ kind: z.literal('plain'), text: z.string() }),
]);
export type SecretEntry = Readonly<z.infer<typeof entrySchema>>;

/** Loose: entries of later versions are preserved. */
const fileSchema = z.looseObject(
  Object.fromEntries(SECRET_NAMES.map((name) => [name, entrySchema.optional()])) as Record<
    SecretName,
    z.ZodOptional<typeof entrySchema>
  >,
);
export type SecretEntries = Readonly<z.infer<typeof fileSchema>>;

/**
 * Reads secrets.json. A missing file is read as empty.
 *
 * @throws SecretError when it cannot be read or has another format; the message never contains its content
 */
export async function readSecretsFile(path: string): Promise<SecretEntries> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return {};
    throw new SecretError(fileMessage('read', path, cause), { cause });
  }
  const parsed = fileSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  // Neither the parser's error nor the schema's is attached: both quote the file.
  throw new SecretError(message('secret.file-damaged', { path }));
}

/** Replaces secrets.json atomically, with mode 0600. */
export async function writeSecretsFile(path: string, entries: SecretEntries): Promise<void> {
  try {
    await replaceFile(path, `${JSON.stringify(entries, null, 2)}\n`);
  } catch (cause) {
    throw new SecretError(fileMessage('write', path, cause), { cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the schema rejects it with a message that does not quote the file
  }
}
