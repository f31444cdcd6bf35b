import type { Message } from '../../../../shared/messages/message.ts';
import { faultOfFile, faultOfFileBytes } from '../archive/hashed-file.ts';
import type { ArchiveTarget } from '../archive/targets/archive-target.ts';
import type { Manifest } from './manifest.ts';
import { parquetSchemaOf } from './table-columns.ts';

export type VerifyBackupOptions = {
  readonly target: ArchiveTarget;
  readonly manifest: Manifest;
  /** Whether rows are decoded and hashed as well as bytes. */
  readonly rowsToo: boolean;
  readonly signal: AbortSignal;
  /** Called for each file with its fault, or null. */
  readonly onFile: (path: string, fault: Message | null) => void;
};

/** Reads all files of a backup and compares them with the manifest. */
export async function verifyBackup(options: VerifyBackupOptions): Promise<void> {
  const { target, manifest, rowsToo, signal, onFile } = options;
  for (const { columns, parts } of manifest.tables) {
    for (const part of parts) {
      signal.throwIfAborted();
      const fault = rowsToo
        ? await faultOfFile(target, part.path, parquetSchemaOf(columns), part, true)
        : await faultOfFileBytes(target, part.path, part);
      onFile(part.path, fault);
    }
  }
  const { settings } = manifest;
  if (settings !== null) onFile(settings.path, await faultOfFileBytes(target, settings.path, settings));
}
