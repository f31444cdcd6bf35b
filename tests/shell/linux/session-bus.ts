import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';

export const run = promisify(execFile);

/** Queries the session bus; `args` are those of busctl. */
export async function callBus<T>(data: z.ZodType<T>, ...args: readonly string[]): Promise<T> {
  const { stdout } = await run('busctl', ['--user', '--json=short', ...args], { maxBuffer: 2 ** 24 });
  return z.object({ data }).parse(JSON.parse(stdout)).data;
}

/** The service with which programs register their tray icons. Source: StatusNotifierItem specification of freedesktop.org. */
export const TRAY_WATCHER = [
  'org.kde.StatusNotifierWatcher',
  '/StatusNotifierWatcher',
  'org.kde.StatusNotifierWatcher',
] as const;

const TOOLS = ['busctl', 'dunstctl', 'xdotool', 'import', 'xprop'] as const;

/** Why tests cannot inspect this desktop, or null. */
export async function desktopLacks(): Promise<string | null> {
  if (process.platform !== 'linux') return 'it looks at the tray and the notifications of a Linux desktop';
  for (const tool of TOOLS) {
    if (!(await succeeds('which', tool))) return `${tool} is not installed`;
  }
  if (!(await succeeds('busctl', '--user', 'get-property', ...TRAY_WATCHER, 'ProtocolVersion')))
    return 'there is no panel that shows tray icons';
  return (await succeeds('dunstctl', 'count', 'displayed')) ? null : 'notifications are not shown by dunst';
}

async function succeeds(program: string, ...args: readonly string[]): Promise<boolean> {
  return run(program, args).then(
    () => true,
    () => false,
  );
}
