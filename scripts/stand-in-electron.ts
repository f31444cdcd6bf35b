import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The sentinel that @electron/fuses looks for in the binary: https://www.electronjs.org/docs/latest/tutorial/fuses */
const FUSE_SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const FUSE_WIRE_VERSION = 1;

/** The default fuses of Electron: run as Node, NODE_OPTIONS, --inspect and file:// are allowed. */
const FUSES = '101100011';

/**
 * Creates a folder that electron-builder accepts as an unpacked Electron for Linux. Its executable is not a program,
 * but contains a fuse wire like the real one.
 */
export function makeStandInElectron(folder: string): void {
  mkdirSync(join(folder, 'resources'), { recursive: true });
  mkdirSync(join(folder, 'locales'));
  const binary = Buffer.concat([
    Buffer.from('#!/bin/false\n'),
    Buffer.from(FUSE_SENTINEL),
    Buffer.from([FUSE_WIRE_VERSION, FUSES.length]),
    Buffer.from(FUSES),
  ]);
  writeFileSync(join(folder, 'electron'), binary, { mode: 0o755 });
  for (const name of ['chrome-sandbox', 'chrome_crashpad_handler']) {
    writeFileSync(join(folder, name), '', { mode: 0o755 });
  }
  for (const name of ['icudtl.dat', 'resources.pak', 'locales/en-US.pak', 'LICENSE', 'version']) {
    writeFileSync(join(folder, name), '');
  }
}
