import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../program.ts';
import { run } from './session-bus.ts';

/** Source: https://specifications.freedesktop.org/secret-service/latest/ */
const SECRET_SERVICE = 'org.freedesktop.secrets';
const DAEMON = 'gnome-keyring-daemon';

/** Why no keyring can be started in this session, or null. */
export async function keyringLacks(): Promise<string | null> {
  if (process.platform !== 'linux') return 'it starts a keyring of a Linux desktop';
  if (!process.env.DBUS_SESSION_BUS_ADDRESS) return 'there is no session bus';
  for (const tool of ['busctl', DAEMON]) {
    if (!(await succeeds('which', tool))) return `${tool} is not installed`;
  }
  return (await isServed()) ? 'the session has a keyring of its own' : null;
}

/** Starts an unlocked GNOME Keyring. Returns a function that ends it. */
export async function startKeyring(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'keyring-'));
  const daemon = spawn(
    DAEMON,
    ['--foreground', '--unlock', '--components=secrets', `--control-directory=${folder}`],
    { env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder }, stdio: ['pipe', 'ignore', 'ignore'] },
  );
  const ended = once(daemon, 'exit');
  const kill = (): void => void daemon.kill();
  process.once('exit', kill);
  daemon.stdin.end('the password of the keyring');
  await until(isServed);
  return async () => {
    process.off('exit', kill);
    kill();
    await ended;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
}

const isServed = (): Promise<boolean> => succeeds('busctl', '--user', 'status', SECRET_SERVICE);

async function succeeds(program: string, ...args: readonly string[]): Promise<boolean> {
  return run(program, args).then(
    () => true,
    () => false,
  );
}
