import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { makeStandInElectron } from './stand-in-electron.ts';

const ROOT = join(import.meta.dirname, '..');
const BUILDER = join(ROOT, 'node_modules/electron-builder/cli.js');

/**
 * Packs the built app as the release does, up to the folder that AppImage, deb and rpm are made of, around a stand-in
 * for Electron: its binary cannot be had everywhere, and what we pack does not depend on it. Needs no network.
 *
 * On Linux only: for macOS and Windows, electron-builder edits the real binary.
 *
 * @param folder an empty one, for the stand-in and the result
 * @returns the folder of the packed app
 */
export function packStandIn(folder: string): string {
  const electron = join(folder, 'electron');
  const output = join(folder, 'dist');
  makeStandInElectron(electron);
  const args = [
    BUILDER,
    ...['--linux', 'dir', `--${process.arch}`, '--publish', 'never'],
    `-c.electronDist=${electron}`,
    `-c.directories.output=${output}`,
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`electron-builder failed:\n${stdout}${stderr}`);
  return join(output, process.arch === 'x64' ? 'linux-unpacked' : `linux-${process.arch}-unpacked`);
}
