import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findAppHost } from './app-host.ts';
import { makeStandInElectron } from './stand-in-electron.ts';

const ROOT = join(import.meta.dirname, '..');
const BUILDER = join(ROOT, 'node_modules/electron-builder/cli.js');

/** The folder of an unpacked Electron for Linux, or null without one or without a display. */
export function realElectron(): string | null {
  const host = process.platform === 'linux' ? findAppHost() : null;
  return host?.kind === 'desktop' ? join(host.binary, '..') : null;
}

/**
 * Packs the built app like a release, up to the folder that AppImage, deb and rpm are built from, with their desktop
 * entry beside it (`desktop-entry-hook.ts`). Needs no network.
 *
 * On Linux only: for macOS and Windows, electron-builder edits the real binary.
 *
 * @param folder an empty folder, for the result and intermediate files
 * @param electron a folder with an unpacked Electron; null for a stand-in, since what we pack does not depend on it
 * @returns the folder of the packed app
 */
export function packForCheck(folder: string, electron: string | null): string {
  const electronDist = electron ?? join(folder, 'electron');
  if (electron === null) makeStandInElectron(electronDist);
  const output = join(folder, 'dist');
  const config = {
    extends: join(ROOT, 'electron-builder.yml'),
    electronDist,
    directories: { output },
    afterPack: './scripts/desktop-entry-hook.ts',
    ...withShims(folder, electronDist),
  };
  const configFile = join(folder, 'electron-builder.json');
  writeFileSync(configFile, JSON.stringify(config));
  const args = [
    BUILDER,
    ...['--config', configFile],
    ...['--linux', 'dir', `--${process.arch}`, '--publish', 'never'],
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`electron-builder failed:\n${stdout}${stderr}`);
  return join(output, process.arch === 'x64' ? 'linux-unpacked' : `linux-${process.arch}-unpacked`);
}

/** The entry of a copy with shims, instead of `out/main/main.js`. */
export const SHIM_ENTRY = 'with-shims.mjs';

/** Whether this Electron contains shims for its Node, see `withShims`. */
export function hasShims(electronDist: string): boolean {
  return existsSync(join(electronDist, 'resources/shim/hooks.mjs'));
}

/**
 * An Electron with an older Node may include shims as a resolve hook in `resources/shim/`. The program cannot load it
 * from outside, so its copy starts with an entry that installs the hook.
 */
function withShims(folder: string, electronDist: string): object {
  if (!hasShims(electronDist)) return {};
  const entry = join(folder, 'entry');
  mkdirSync(entry);
  writeFileSync(
    join(entry, SHIM_ENTRY),
    `import { register } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
const shims = join(process.resourcesPath, 'shim');
register(pathToFileURL(join(shims, 'hooks.mjs')), { data: { shims: \`\${pathToFileURL(shims).href}/\` } });
await import('./out/main/main.js');
`,
  );
  return { files: [{ from: entry, to: '.', filter: [SHIM_ENTRY] }], extraMetadata: { main: SHIM_ENTRY } };
}
