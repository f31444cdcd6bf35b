import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { buildIfNeeded } from './build-if-needed.ts';
import { ensurePostgresPackage } from './postgres-package.ts';

const ROOT = join(import.meta.dirname, '..');
const BUILDER = join(ROOT, 'node_modules/electron-builder/cli.js');

/** The PostgreSQL packages to fetch: on macOS, apps are built for both processor architectures. */
const PLATFORMS = process.platform === 'darwin' ? ['darwin-x64', 'darwin-arm64'] : [];

/**
 * Without a certificate, a macOS app is signed ad hoc, and the hardened runtime would then reject Electron's
 * libraries, which another team signed.
 */
function signingOptions({ CSC_LINK, CSC_NAME }: NodeJS.ProcessEnv): readonly string[] {
  if (process.platform !== 'darwin' || CSC_LINK || CSC_NAME) return [];
  process.stderr.write('No certificate in CSC_LINK or CSC_NAME: the packages are for this machine only.\n');
  return ['-c.mac.hardenedRuntime=false', '-c.mac.notarize=false'];
}

// Packages for this system into dist/; arguments are electron-builder's, e.g. `npm run package -- --dir`.
buildIfNeeded();
for (const platform of PLATFORMS) ensurePostgresPackage(platform);
const args = [BUILDER, '--publish', 'never', ...signingOptions(process.env), ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
process.exitCode = status ?? 1;
