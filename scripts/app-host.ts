import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const ELECTRON = join(ROOT, 'node_modules/electron');
const CLI = join(ROOT, 'out/main/cli.js');

/** Which host the app can have here, with the reason when it is not the desktop. */
export type AppHost =
  | { readonly kind: 'desktop'; readonly binary: string }
  | { readonly kind: 'browser'; readonly missing: string };

/** Looks for a display and then for Electron's binary, which the first start downloads where that is allowed. */
export function findAppHost(): AppHost {
  const needsDisplay = process.platform !== 'darwin' && process.platform !== 'win32';
  if (needsDisplay && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    return { kind: 'browser', missing: 'There is no display' };
  }
  const binary = electronBinary() ?? downloadElectron();
  return binary === null
    ? { kind: 'browser', missing: "Electron's binary is not installed and could not be downloaded" }
    : { kind: 'desktop', binary };
}

function electronBinary(): string | null {
  const pathFile = join(ELECTRON, 'path.txt');
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(ELECTRON, 'dist');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8') : 'electron';
  const binary = join(folder, name);
  return existsSync(binary) ? binary : null;
}

function downloadElectron(): string | null {
  process.stderr.write("Downloading Electron's binary…\n");
  spawnSync(process.execPath, [join(ELECTRON, 'install.js')], { stdio: 'ignore' });
  return electronBinary();
}

/**
 * Starts the built app in the host that this machine has, says in one line when that is not the desktop, and passes on
 * signals and the exit code.
 *
 * @param flags of the `run` command; the desktop takes the same but `--port`
 * @param ended stops the app when it aborts
 */
export async function runApp(
  flags: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  ended?: AbortSignal,
): Promise<number> {
  const host = findAppHost();
  if (host.kind === 'browser')
    process.stderr.write(`${host.missing}: the page opens in a browser instead.\n`);
  const [command, args] =
    host.kind === 'desktop'
      ? [host.binary, [ROOT, ...flags]]
      : [process.execPath, [CLI, 'run', '--ui', ...flags]];
  const child = spawn(command, args, { stdio: 'inherit', env });
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const passOn = (signal: NodeJS.Signals): void => {
    child.kill(signal);
  };
  for (const signal of signals) process.on(signal, passOn);
  ended?.addEventListener('abort', () => passOn('SIGTERM'), { once: true });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      for (const signal of signals) process.off(signal, passOn);
      resolve(code ?? 1);
    });
  });
}
