import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMPILE_CACHE } from '../compile-cache.ts';
import { CLI } from '../program.ts';

/** A process of an installation of several processes. It can be restarted with its data folder. */
export type RoleProcess = {
  /** The role, followed by something that distinguishes its processes: `alert-a`. */
  readonly name: string;
  readonly folder: string;
  child: ChildProcess;
  /** The log of all runs. */
  output: string;
  /** The standard output of this run: the URL of a page. */
  printed: string;
};

export type RoleProcesses = {
  readonly all: readonly RoleProcess[];
  /** Starts a process. */
  start(name: string): RoleProcess;
  /** Restarts a process that has ended. */
  restart(role: RoleProcess): void;
  /** Sends a signal to a process and waits for its exit. Does nothing if it has ended. */
  end(role: RoleProcess, signal: NodeJS.Signals): Promise<void>;
  endAll(signal: NodeJS.Signals): Promise<void>;
};

/**
 * Creates processes of the built program, each with its own role and data folder.
 *
 * @param folder the parent of the data folders
 * @param environmentOf the variables of a process, in addition to those that any process needs
 */
export function createRoleProcesses(
  folder: string,
  environmentOf: (role: Pick<RoleProcess, 'name' | 'folder'>) => Readonly<Record<string, string>>,
): RoleProcesses {
  const all: RoleProcess[] = [];

  const begin = (role: RoleProcess): void => {
    const { PATH = '', HOME = '' } = process.env;
    role.child = spawn(process.execPath, [CLI, 'run', '--role', roleOf(role)], {
      env: { ...COMPILE_CACHE, PATH, HOME, TMPDIR: tmpdir(), ...environmentOf(role) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    role.printed = '';
    role.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      role.printed += text;
    });
    role.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      role.output += text;
    });
  };
  const end = async (role: RoleProcess, signal: NodeJS.Signals): Promise<void> => {
    if (role.child.exitCode !== null || role.child.signalCode !== null) return;
    const ended = once(role.child, 'exit');
    role.child.kill(signal);
    await ended;
  };

  return {
    all,
    start(name) {
      const role: RoleProcess = {
        name,
        folder: join(folder, name),
        child: null as unknown as ChildProcess,
        output: '',
        printed: '',
      };
      begin(role);
      all.push(role);
      return role;
    },
    restart: begin,
    end,
    async endAll(signal) {
      await Promise.all(all.map((role) => end(role, signal)));
    },
  };
}

/** The role of a process: its name up to the first hyphen. */
export const roleOf = ({ name }: Pick<RoleProcess, 'name'>): string => name.replace(/-.*/, '');
