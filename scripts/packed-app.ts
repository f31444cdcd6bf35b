import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { listPackage, statFile } from '@electron/asar';

/** An app that electron-builder has packed, read from its files. */
export type PackedApp = {
  /** The executable. */
  readonly executable: string;
  readonly asar: string;
  /** The folder of the files that cannot be inside the archive. */
  readonly unpacked: string;
  /** Paths in the archive, with `/`, without folders. */
  files(): readonly PackedFile[];
};

export type PackedFile = { readonly path: string; readonly inside: boolean };

/**
 * Reads an app from `dist`: `linux-unpacked`, `win-unpacked` or `mac/<name>.app`.
 *
 * @throws Error when there is no such app
 */
export function openPackedApp(folder: string): PackedApp {
  const { executable, resources } = layoutOf(folder);
  const asar = join(resources, 'app.asar');
  for (const path of [executable, asar]) {
    if (!existsSync(path)) throw new Error(`${folder} is not a packed app: there is no ${path}.`);
  }
  return {
    executable,
    asar,
    unpacked: `${asar}.unpacked`,
    files: () =>
      listPackage(asar, { isPack: false }).flatMap((listed) => {
        const path = listed.slice(1); // without the leading slash
        const entry = statFile(asar, path, false);
        if ('files' in entry) return [];
        return [{ path: path.replaceAll('\\', '/'), inside: !('unpacked' in entry && entry.unpacked) }];
      }),
  };
}

function layoutOf(folder: string): { readonly executable: string; readonly resources: string } {
  if (folder.endsWith('.app')) {
    return {
      executable: join(folder, 'Contents/MacOS', basename(folder, '.app')),
      resources: join(folder, 'Contents/Resources'),
    };
  }
  const program = readdirSync(folder).find(
    (name) => name === 'crypto-price-monitor' || name.endsWith('.exe'),
  );
  return {
    executable: join(folder, program ?? 'crypto-price-monitor'),
    resources: join(folder, 'resources'),
  };
}
