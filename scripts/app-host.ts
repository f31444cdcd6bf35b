import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { mayOpenBrowser, openInBrowser } from './open-in-browser.ts';

const ROOT = join(import.meta.dirname, '..');
const ELECTRON = join(ROOT, 'node_modules/electron');
const CLI = join(ROOT, 'out/main/cli.js');

/** The host that the app can use here, with the reason when it is not the desktop. */
export type AppHost =
  | { readonly kind: 'desktop'; readonly binary: string }
  | { readonly kind: 'browser'; readonly missing: string };

/** Checks for a display and for Electron's binary, which the first start downloads if that is allowed. */
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
 * Starts the built app in the available host, and forwards signals and the exit code. If that is not the desktop,
 * prints the reason and opens the page in a browser if there is one.
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
  const child =
    host.kind === 'desktop'
      ? spawn(host.binary, [ROOT, ...flags], { stdio: 'inherit', env })
      : spawn(process.execPath, [CLI, 'run', '--ui', ...flags], {
          stdio: ['inherit', 'pipe', 'inherit'],
          env,
        });
  if (host.kind === 'browser') showPage(host.missing, child.stdout, env);
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

/** Forwards the output of the browser host, and opens the page when its URL is printed. */
function showPage(missing: string, output: Readable | null, env: NodeJS.ProcessEnv): void {
  const canOpen = mayOpenBrowser(env);
  const how = canOpen ? 'the page opens in your browser' : 'open the page in a browser, by the URL below';
  process.stderr.write(`${missing}: ${how}.\n`);
  if (output === null) return;
  createInterface({ input: output }).on('line', (line) => {
    process.stdout.write(`${line}\n`);
    const url = /^UI: (\S+)$/.exec(line)?.[1];
    if (url === undefined || !canOpen) return;
    openInBrowser(url, () =>
      process.stderr.write('No browser could be opened. Open the URL above in one.\n'),
    );
  });
}
