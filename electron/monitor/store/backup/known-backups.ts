import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import type { ArchiveTarget } from '../archive/targets/archive-target.ts';
import { decodeManifest, idOfPath, type Manifest, manifestPath } from './manifest.ts';

/** Larger than any manifest, even of a century of months. */
const MAX_BYTES = 64 * 1024 * 1024;

/** The complete backups in a place, oldest first: those with a manifest. */
export async function listBackups(target: ArchiveTarget): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { path } of target.list('backups')) {
    const id = idOfPath(path);
    if (id !== null) ids.push(id);
  }
  return ids.sort();
}

/** @throws MessageError when the manifest is damaged or of a newer version; ArchiveError when it cannot be read */
export async function readManifest(target: ArchiveTarget, id: string): Promise<Manifest> {
  const path = manifestPath(id);
  const source = await target.open(path);
  try {
    if (source.size > MAX_BYTES) throw new MessageError(message('backup.damaged-manifest', { path }));
    return decodeManifest(path, await source.read(0, source.size));
  } finally {
    await source.close();
  }
}

/**
 * Returns the newest backup of a place, or the one with the given id.
 *
 * @throws MessageError when there is none
 */
export async function findBackup(target: ArchiveTarget, id?: string): Promise<Manifest> {
  const ids = await listBackups(target);
  const found = id ?? ids.at(-1);
  if (found === undefined) throw new MessageError(message('backup.none', { place: target.url }));
  if (!ids.includes(found))
    throw new MessageError(message('backup.unknown', { id: found, place: target.url, known: ids }));
  return readManifest(target, found);
}
