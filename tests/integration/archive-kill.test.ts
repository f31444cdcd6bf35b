import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';
import { keepsEverything } from './archive-kills.ts';

describe('in a folder', () => {
  keepsEverything((dataDir, name) => {
    mkdirSync(join(dataDir, name));
    return join(dataDir, name);
  });
});
