import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type ServiceProcess = {
  /** Ends the process, if it is running, and resolves when it has ended. */
  end(signal?: NodeJS.Signals): Promise<void>;
  /** What it has printed so far. */
  output(): string;
  /** Its exit code; null while it runs, or if a signal ended it. */
  code(): number | null;
};

export type ServiceCommand = {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the service can be used; called after each piece of output and every 100 ms. */
  readonly isReady: (output: string) => boolean | Promise<boolean>;
};

/** A service that a test kills and starts again. */
export type RestartableService = {
  kill(): Promise<void>;
  /** Starts it again on the same ports, with the data that it has written to its folder. */
  restart(): Promise<void>;
  /** Kills it and removes its folder. */
  close(): Promise<void>;
};

/** Makes a temporary folder for a service. */
export function serviceFolder(name: string): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `cpm-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

const READY_WITHIN_MS = 120_000;

/**
 * Starts a program and resolves when it is ready. The program is killed when the test runner ends, so that an aborted test leaves no
 * process behind.
 *
 * @throws Error with the program's output if it ends before it is ready, or is not ready within two minutes
 */
export async function startService(command: ServiceCommand): Promise<ServiceProcess> {
  const { program, args, cwd, env = {}, isReady } = command;
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A separate process group: some programs are scripts that start the actual server.
    detached: true,
  });
  let output = '';
  const keep = (chunk: string): void => {
    output += chunk;
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  const closed = once(child, 'close');
  closed.catch(() => undefined); // A program that cannot be started is reported below.
  const endWithRunner = (): void => killGroup(child, 'SIGKILL');
  process.once('exit', endWithRunner);
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const end = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    if (!hasEnded()) await endChild(child, signal);
    process.off('exit', endWithRunner);
  };
  const failed = once(child, 'error').then(([cause]) => {
    throw new Error(`${program} cannot be started`, { cause });
  });
  failed.catch(() => undefined);
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!(await Promise.race([failed, isReady(output)]))) {
    if (hasEnded() || Date.now() > deadline) {
      const how = hasEnded() ? `ended with ${child.signalCode ?? child.exitCode}` : 'did not become ready';
      await end('SIGKILL');
      // Its descendants would keep the output open, which is read to its end.
      killGroup(child, 'SIGKILL');
      await closed;
      throw new Error(`${program} ${how}: ${faultsFirst(output)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { end, output: () => output, code: () => child.exitCode };
}

/** Starts a service in a folder of its own, and resolves when it is ready. */
export async function startRestartable(
  folder: ReturnType<typeof serviceFolder>,
  command: Omit<ServiceCommand, 'cwd'>,
): Promise<RestartableService> {
  const start = (): Promise<ServiceProcess> => startService({ ...command, cwd: folder.path });
  let service: ServiceProcess;
  try {
    service = await start();
  } catch (cause) {
    folder.remove();
    throw cause;
  }
  return {
    kill: () => service.end('SIGKILL'),
    async restart() {
      service = await start();
    },
    async close() {
      await service.end('SIGKILL');
      folder.remove();
    },
  };
}

const FAULTS = /(?:error|exception)\b|\b(?:fatal|cannot|can't|failed|in use|refused|denied)\b/i;
const MAX_FAULT_LINES = 8;

/**
 * The output of a program that did not start, with the lines that mention a fault first: servers print pages before them, and the
 * summary of failures has space for a few lines only.
 */
export function faultsFirst(output: string): string {
  const lines = output.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (lines.length === 0) return 'it printed nothing';
  const faults = lines.filter((line) => FAULTS.test(line)).slice(0, MAX_FAULT_LINES);
  return [...faults, ...(faults.length > 0 ? ['In full:'] : []), lines.join('\n').slice(-4_000)].join('\n');
}

async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const closed = once(child, 'close');
  killGroup(child, signal);
  await closed;
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // All processes of the group have ended.
  }
}
