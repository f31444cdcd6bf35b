import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMPILE_CACHE } from '../compile-cache.ts';
import { CLI } from '../program.ts';

/** A process of an installation of several; with its data folder it can be started again. */
export type RoleProcess = {
  /** The role, and what tells the processes of a role apart: `alert-a`. */
  readonly name: string;
  readonly folder: string;
  child: ChildProcess;
  /** What all runs have logged. */
  output: string;
  /** What this run has printed: the URL of a page. */
  printed: string;
};

export type RoleProcesses = {
  readonly all: readonly RoleProcess[];
  /** Starts a process. */
  start(name: string): RoleProcess;
  /** Starts a process again that has ended. */
  restart(role: RoleProcess): void;
  /** Sends a signal and waits for the exit. A process that has ended is no error. */
  end(role: RoleProcess, signal: NodeJS.Signals): Promise<void>;
  endAll(signal: NodeJS.Signals): Promise<void>;
};

/**
 * Processes of the built program, each with a role and a data folder of its own.
 *
 * @param folder where the data folders are
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
