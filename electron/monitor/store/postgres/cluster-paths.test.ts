import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { outsideArchive } from './binaries.ts';
import { clusterPaths } from './cluster-paths.ts';

describe('clusterPaths', () => {
  it('keeps the socket in the data folder', () => {
    expect(clusterPaths('/home/ada/prices').socketDir).toBe(join('/home/ada/prices', 'postgres-socket'));
  });

  it('moves the socket to the temporary folder when its path is too long for the system', () => {
    const long = `/home/ada/${'x'.repeat(100)}`;
    const { socketDir } = clusterPaths(long);
    expect(socketDir.startsWith(tmpdir())).toBe(true);
    expect(clusterPaths(long).socketDir).toBe(socketDir);
    expect(clusterPaths(`${long}y`).socketDir).not.toBe(socketDir);
  });

  it('also moves it there when psql would read its path as two hosts', () => {
    expect(clusterPaths('/home/ada/a,b').socketDir.startsWith(tmpdir())).toBe(true);
  });
});

describe('outsideArchive', () => {
  it('maps to the unpacked programs of an installed app and keeps other paths', () => {
    const inside = join('/opt', 'app.asar', 'node_modules', 'bin', 'postgres');
    expect(outsideArchive(inside)).toBe(join('/opt', 'app.asar.unpacked', 'node_modules', 'bin', 'postgres'));
    expect(outsideArchive('/usr/bin/postgres')).toBe('/usr/bin/postgres');
  });
});
