import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { COMPILE_CACHE } from '../compile-cache.ts';
import type { DesktopCommand, DesktopView } from './desktop-protocol.ts';

const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'out/main/main.js');
const HOOKS = join(import.meta.dirname, 'stand-in-hooks.ts');

/** The built desktop app, running with a stand-in for Electron in a separate process. */
export type DesktopProgram = {
  readonly pid: number;
  inspect(): Promise<DesktopView>;
  act(command: DesktopCommand): Promise<unknown>;
  signal(signal: NodeJS.Signals): void;
  stderr(): string;
  /** Resolves with the exit code when the program has exited. */
  readonly ended: Promise<number | null>;
};

export function startDesktop(
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): DesktopProgram {
  // Only the environment variables of the test and those that a process requires.
  const { PATH = '', HOME = '', SystemRoot = '', TMPDIR = '' } = process.env;
  const child = fork(MAIN, args, {
    cwd: ROOT,
    execArgv: ['--disable-warning=ExperimentalWarning', '--import', HOOKS],
    env: {
      ...COMPILE_CACHE,
      PATH,
      HOME,
      ...(SystemRoot && { SystemRoot }),
      ...(TMPDIR && { TMPDIR }),
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let lastId = 0;
  child.on('message', (message: { id: number; result?: unknown; error?: string }) => {
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error === undefined) call?.resolve(message.result);
    else call?.reject(new Error(message.error));
  });
  const ended = once(child, 'close').then(([code]) => {
    for (const call of waiting.values()) call.reject(new Error(`The program ended: ${stderr}`));
    return code as number | null;
  });

  const act = (command: DesktopCommand): Promise<unknown> => {
    const id = ++lastId;
    const call = Promise.withResolvers<unknown>();
    waiting.set(id, call);
    child.send({ id, command }, (error) => {
      if (error) call.reject(new Error(`The program cannot be reached: ${stderr}`, { cause: error }));
    });
    return call.promise;
  };

  return {
    pid: child.pid ?? 0,
    inspect: async () => (await act({ do: 'inspect' })) as DesktopView,
    act,
    signal: (signal) => void child.kill(signal),
    stderr: () => stderr,
    ended,
  };
}

/** Quits the program from the menu of the tray. */
export async function quit(program: DesktopProgram): Promise<number | null> {
  // It may exit before it confirms the click.
  await program.act({ do: 'click-menu', path: ['Quit'] }).catch(() => undefined);
  return program.ended;
}
