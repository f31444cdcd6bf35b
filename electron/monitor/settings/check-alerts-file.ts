import { access, constants, stat } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';

/**
 * Why alerts could not be appended to a file of this path, in a sentence; null when they could. A page does not know the
 * folder that the program was started in, so it has to name an absolute path.
 */
export async function checkAlertsFile(path: string): Promise<string | null> {
  const folder = dirname(path);
  if (!isAbsolute(path)) return 'must be an absolute path, such as /home/me/alerts.txt.';
  if ((await kindOf(path)) === 'folder') return `${path} is a folder. Name a file in it.`;
  const kind = await kindOf(folder);
  if (kind === 'nothing') return `The folder ${folder} does not exist. Create it, or name another.`;
  if (kind === 'file') return `${folder} is a file, not a folder.`;
  try {
    // A file that is there is appended to; a new one needs the folder to be writable.
    await access((await kindOf(path)) === 'nothing' ? folder : path, constants.W_OK);
    return null;
  } catch {
    return `The program may not write to ${path}. Give it the right to, or name another file.`;
  }
}

async function kindOf(path: string): Promise<'folder' | 'file' | 'nothing'> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch {
    return 'nothing'; // or out of sight, where no file can be made either
  }
}
