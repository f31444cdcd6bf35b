import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { message } from '../../../shared/messages/message.ts';
import { MessageError } from '../../../shared/messages/message-error.ts';

/**
 * The folder with package.json and `sql/`: the nearest one above this file, so that it is found from the sources, from the bundle
 * in `out/main` and inside an installed app.
 */
export function packageRoot(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) {
      throw new MessageError(message('installation.no-package', { folder: import.meta.dirname }));
    }
  }
}
