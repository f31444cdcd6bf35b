import { access, constants, stat } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import { type Message, message } from '../../../shared/messages/message.ts';

/**
 * Why alerts cannot be appended to a file with this path; null if they can. A page does not know the program's working directory,
 * so it has to give an absolute path.
 */
export async function checkAlertsFile(path: string): Promise<Message | null> {
  const folder = dirname(path);
  if (!isAbsolute(path)) return message('value.relative-path');
  if ((await kindOf(path)) === 'folder') return message('alerts-file.is-folder', { path });
  const kind = await kindOf(folder);
  if (kind === 'nothing') return message('alerts-file.no-folder', { folder });
  if (kind === 'file') return message('alerts-file.folder-is-file', { folder });
  try {
    // An existing file is appended to; a new one requires a writable folder.
    await access((await kindOf(path)) === 'nothing' ? folder : path, constants.W_OK);
    return null;
  } catch {
    return message('alerts-file.forbidden', { path });
  }
}

async function kindOf(path: string): Promise<'folder' | 'file' | 'nothing'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch {
    return 'nothing'; // or not accessible, where no file can be created either
  }
}
