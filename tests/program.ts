import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { EXCHANGE_URL_VARIABLE } from '../electron/monitor/sources/exchanges/usable-exchanges.ts';
import { CLOCK_VARIABLE } from '../electron/monitor/time/clock-from-environment.ts';
import type { EventMessage } from '../shared/contract/events.ts';
import type { ProcedureInput, ProcedureName, ProcedureOutput } from '../shared/contract/procedures.ts';
import type { Response } from '../shared/contract/wire.ts';
import type { Status } from '../shared/domain/status.ts';
import { text } from '../shared/messages/message.ts';
import { copyCluster } from './cluster-template.ts';
import { COMPILE_CACHE } from './compile-cache.ts';

/** The built command-line program. */
export const CLI = join(import.meta.dirname, '../out/main/cli.js');
const POLL_MS = 20;

type Falsy = false | 0 | '' | null | undefined;

/** Waits until a function returns something truthy, such as a condition of another process. Only the runner's timeout limits the wait. */
export async function until<T>(look: () => T | Promise<T>): Promise<Exclude<T, Falsy>> {
  for (;;) {
    const found = await look();
    if (found) return found as Exclude<T, Falsy>;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Creates a temporary folder that is removed after `work`. */
export async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'program-test-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

export type Finished = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

type Environment = Readonly<Record<string, string>>;

/** The user to run as; the current one by default. */
type Ids = { readonly uid?: number; readonly gid?: number };

/**
 * The ids of the user nobody; null if tests cannot run as another user, or that user cannot access the program.
 */
export function otherUser(): { readonly uid: number; readonly gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const ids = { uid: 65_534, gid: 65_534 };
  try {
    execFileSync(process.execPath, [CLI, '--version'], ids);
    return ids;
  } catch {
    return null;
  }
}

function spawnCli(
  args: readonly string[],
  env: Environment,
  { cli = CLI, ...ids }: Ids & { readonly cli?: string } = {},
): ChildProcess {
  // Only the environment variables of the test and those that a process requires.
  const { PATH = '', HOME = '', SystemRoot = '', TMPDIR = '' } = process.env;
  const base = { ...COMPILE_CACHE, PATH, HOME, ...(SystemRoot && { SystemRoot }), ...(TMPDIR && { TMPDIR }) };
  return spawn(process.execPath, [cli, ...args], {
    ...ids,
    env: { ...base, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs a command of the built program and waits for it to exit. */
export async function runCli(
  args: readonly string[],
  env: Environment = {},
  ids: Ids = {},
): Promise<Finished> {
  return startCommand(args, env, ids).finished;
}

/** Starts a command of the built program, which the test can send signals to. */
export function startCommand(
  args: readonly string[],
  env: Environment = {},
  ids: Ids = {},
): { readonly finished: Promise<Finished>; stderr(): string; kill(signal: NodeJS.Signals): void } {
  const child = spawnCli(args, env, ids);
  const output = collect(child);
  const finished = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output() }));
  return { finished, stderr: () => output().stderr, kill: (signal) => void child.kill(signal) };
}

function collect(child: ChildProcess): () => { stdout: string; stderr: string } {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return () => ({ stdout, stderr });
}

export type Program = {
  readonly pid: number;
  /** The page's URL with its token. */
  readonly url: string;
  stderr(): string;
  /** Sends the signal and waits for the exit. */
  end(signal: NodeJS.Signals): Promise<Finished>;
};

/**
 * Starts the built program with its browser host and waits until the page is served.
 *
 * @param database `new`: the program creates the cluster, unless it exists; `created`: a template is copied before the start
 */
export async function startProgram(
  env: Environment,
  flags: readonly string[] = [],
  database: 'new' | 'created' = 'created',
  cli = CLI,
): Promise<Program> {
  const { MONITOR_DATA_DIR: dataDir, DATABASE_URL: databaseUrl } = env;
  if (database === 'created' && dataDir !== undefined && databaseUrl === undefined) copyCluster(dataDir);
  const child = spawnCli(['run', '--ui', ...flags], env, { cli });
  const output = collect(child);
  const closed = once(child, 'close');
  // Also after a test that fails before it ends the program.
  const endWithRunner = (): void => void child.kill('SIGTERM');
  process.once('exit', endWithRunner);
  child.once('close', () => process.off('exit', endWithRunner));
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  const firstLine = await Promise.race([once(lines, 'line'), closed.then(() => null)]);
  if (firstLine === null) throw new Error(`The program ended before it served a page: ${output().stderr}`);
  return {
    pid: child.pid ?? 0,
    url: String(firstLine[0]).replace('UI: ', ''),
    stderr: () => output().stderr,
    async end(signal) {
      child.kill(signal);
      const [code] = await closed;
      return { code: code as number | null, ...output() };
    },
  };
}

/**
 * The environment of a program that gets prices from `marketUrl`, with a clock that runs `speed` times as fast. Without an
 * exchange, it has only CoinGecko's prices.
 */
export function environmentFor(
  folder: string,
  marketUrl: string,
  time: { readonly speed: number; readonly origin: number; readonly pollSeconds: number },
  exchangeUrl?: string,
): Environment {
  return {
    ...(exchangeUrl === undefined ? {} : { [EXCHANGE_URL_VARIABLE]: exchangeUrl }),
    MONITOR_DATA_DIR: folder,
    COINGECKO_BASE_URL: marketUrl,
    MONITOR_POLL_SECONDS: String(time.pollSeconds),
    [CLOCK_VARIABLE]: `${time.speed}@${time.origin}`,
  };
}

/** The complete lines of an alerts file; empty if it does not exist. */
export function alertLines(folder: string): readonly string[] {
  try {
    return readFileSync(join(folder, 'alerts.txt'), 'utf8').split('\n').slice(0, -1);
  } catch {
    return []; // not written yet
  }
}

/** A page's connection to a program: it exchanges the token for a cookie, and opens the WebSocket. */
export type Page = {
  call<P extends ProcedureName>(procedure: P, input: ProcedureInput<P>): Promise<ProcedureOutput<P>>;
  status(): Promise<Status>;
  /** All events since the connection was opened. */
  readonly events: readonly EventMessage[];
  close(): void;
};

export async function openPage(url: string): Promise<Page> {
  const { socket } = await openSocket(url);
  const events: EventMessage[] = [];
  const waiting = new Map<number, (response: Response) => void>();
  let lastId = 0;
  socket.on('message', (data) => {
    const message = JSON.parse(data.toString()) as Response | EventMessage;
    if ('event' in message) events.push(message);
    else waiting.get(message.id)?.(message);
  });
  const page: Page = {
    events,
    async call(procedure, input) {
      const id = ++lastId;
      const responded = new Promise<Response>((resolve) => waiting.set(id, resolve));
      socket.send(JSON.stringify({ id, procedure, input }));
      const response = await responded;
      if (!response.ok) throw new Error(`${response.error.code}: ${text(response.error.message)}`);
      return response.output as never;
    },
    status: async () => (await page.call('snapshot', {})).status,
    close: () => socket.close(),
  };
  return page;
}

/** Opens a socket like a browser, starting from the URL with the token. */
export async function openSocket(
  url: string,
  headers: Environment = {},
): Promise<{ socket: WebSocket; cookie: string }> {
  const { origin, host } = new URL(url);
  const response = await fetch(url, { redirect: 'manual' });
  const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
  const socket = new WebSocket(`ws://${host}/api`, { headers: { origin, cookie, ...headers } });
  await once(socket, 'open');
  return { socket, cookie };
}
