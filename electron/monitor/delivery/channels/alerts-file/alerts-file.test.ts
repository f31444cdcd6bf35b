import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { appendFile, chmod, mkdir, mkdtemp, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Alert } from '../../../../../shared/domain/alert.ts';
import { inWords, textOf } from '../../../../../tests/text-of.ts';
import { silentLog } from '../../../logging/logger.ts';
import { virtualClock } from '../../../time/clock.ts';
import type { RaisedAlert } from '../../channel.ts';
import { createChannelDelivery } from '../../channel-delivery.ts';
import { memoryOutbox } from '../../outbox-fixture.ts';
import { alertLine } from './alert-line.ts';
import { alertsFileChannel } from './alerts-file.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alerts-file-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function alertAt(observedAt: number): Alert {
  const id = `a${observedAt}`;
  return {
    id,
    rule: 'moving-average',
    coinId: 'bitcoin',
    vsCurrency: 'usd',
    source: 'coingecko',
    observedAt,
    price: 103,
    kind: 'moving-average',
    params: { thresholdPct: 2, windowMinutes: 5 },
    severity: 'warning',
    direction: 'up',
    figures: { average: 100, changePct: 3 },
  };
}

/** The channel as the program delivers to it. */
function openFile(path: string) {
  const clock = virtualClock(0);
  const delivered: string[] = [];
  let changed = (): void => undefined;
  const nextChange = (): Promise<void> =>
    new Promise((resolve) => {
      changed = resolve;
    });
  const delivery = createChannelDelivery({
    channel: alertsFileChannel(path, { besideLog: folder }),
    outbox: {
      ...memoryOutbox(),
      note(_channel, deliveries) {
        for (const { alert, status } of deliveries) if (status === 'delivered') delivered.push(alert.id);
      },
    },
    clock,
    random: () => 0.5,
    log: silentLog,
    onChange: () => changed(),
  });
  const file = {
    deliver: (alerts: readonly Alert[]) => delivery.add(alerts.map((alert) => ({ alert, takenAt: 0 }))),
    state: () => ({ error: delivery.state().failure?.message ?? null, waiting: delivery.state().waiting }),
    stop: delivery.stop,
  };
  return { file, clock, delivered, nextChange };
}

const lines = (...alerts: readonly Alert[]): string =>
  alerts.map((alert) => `${alertLine(alert)}\n`).join('');

describe('alerts file', () => {
  it('reports what to use instead of a socket', async () => {
    const path = join(folder, 'alerts.socket');
    const server = createServer().listen(path);
    await once(server, 'listening');
    const { file } = openFile(path);
    file.deliver([alertAt(1)]);
    await file.stop();
    server.close();
    expect(textOf(file.state().error)).toBe(
      `Cannot write ${path}: this is a socket. Choose a file or a named pipe.`,
    );
  });

  it('appends one line per alert, in order, and reports them as delivered', async () => {
    const path = join(folder, 'alerts.txt');
    await writeFile(path, 'older\n');
    const { file, delivered } = openFile(path);
    file.deliver([alertAt(1), alertAt(2)]);
    file.deliver([alertAt(3)]);
    await file.stop();
    expect(await readFile(path, 'utf8')).toBe(`older\n${lines(alertAt(1), alertAt(2), alertAt(3))}`);
    expect(delivered).toEqual(['a1', 'a2', 'a3']);
    expect(file.state()).toEqual({ error: null, waiting: 0 });
  });

  it('does not repeat a line that was written before a crash could record its delivery', async () => {
    const path = join(folder, 'alerts.txt');
    const line = alertLine(alertAt(1));
    await writeFile(path, `${line}\n${alertLine(alertAt(2)).slice(0, 30)}`);
    const { file, delivered } = openFile(path);
    file.deliver([alertAt(1), alertAt(2)]);
    await file.stop();
    expect(await readFile(path, 'utf8')).toBe(lines(alertAt(1), alertAt(2)));
    expect(delivered).toEqual(['a1', 'a2']);
  });

  it('reports a missing folder with what to do, and continues without a restart once it exists', async () => {
    const path = join(folder, 'gone', 'alerts.txt');
    const { file, clock, delivered, nextChange } = openFile(path);
    const failed = nextChange();
    file.deliver([alertAt(1)]);
    await failed;
    expect(inWords(file.state())).toEqual({
      error: `Cannot write ${path}: the folder ${join(folder, 'gone')} does not exist. Create it, or choose another place.`,
      waiting: 1,
    });
    expect(delivered).toEqual([]);
    await mkdir(join(folder, 'gone'));
    const healed = nextChange();
    await clock.advance(60_000);
    await healed;
    expect(await readFile(path, 'utf8')).toBe(lines(alertAt(1)));
    expect(file.state().error).toBeNull();
  });

  it('keeps lines that others wrote in between', async () => {
    const path = join(folder, 'alerts.txt');
    const { file, nextChange } = openFile(path);
    const first = nextChange();
    file.deliver([alertAt(1)]);
    await first;
    await appendFile(path, 'a note');
    file.deliver([alertAt(2)]);
    await file.stop();
    expect(await readFile(path, 'utf8')).toBe(`${lines(alertAt(1))}a note\n${lines(alertAt(2))}`);
  });

  it.skipIf(process.getuid?.() === 0)(
    'reports that permission is missing (root may write anywhere)',
    async () => {
      const path = join(folder, 'alerts.txt');
      await chmod(folder, 0o500);
      const { file } = openFile(path);
      file.deliver([alertAt(1)]);
      await file.stop();
      expect(textOf(file.state().error)).toContain('permission denied');
      await chmod(folder, 0o700);
    },
  );

  it.skipIf(process.getuid?.() === 0)(
    'is written in a folder whose other files cannot be listed (root may list any)',
    async () => {
      const path = join(folder, 'alerts.txt');
      await chmod(folder, 0o300);
      const { file } = openFile(path);
      file.deliver([alertAt(1)]);
      await file.stop();
      expect(file.state().error).toBeNull();
      expect(await readFile(path, 'utf8')).toBe(lines(alertAt(1)));
      await chmod(folder, 0o700);
    },
  );

  it('repeats none of many lines that were appended before a crash could record them', async () => {
    const path = join(folder, 'alerts.txt');
    const alerts = Array.from({ length: 2_000 }, (_, number) => alertAt(number));
    const whole = lines(...alerts);
    expect(whole.length).toBeGreaterThan(4 * 64 * 1_024);
    // Cut off in the last line, as by a kill in the middle of the append.
    await writeFile(path, `older\n${whole.slice(0, -20)}`);
    const { file, delivered } = openFile(path);
    file.deliver(alerts);
    await file.stop();
    expect(await readFile(path, 'utf8')).toBe(`older\n${whole}`);
    expect(delivered).toHaveLength(2_000);
  });

  it.each([
    ['alerts.txt.1', (text: string) => text],
    ['alerts.txt-20260105.gz', (text: string) => gzipSync(text)],
    ['alerts-20260105.txt', (text: string) => text],
  ])('repeats no lines that were written before a kill and then rotated to %s', async (name, pack) => {
    const path = join(folder, 'alerts.txt');
    const alerts = Array.from({ length: 1_000 }, (_, number) => alertAt(number));
    await writeFile(join(folder, 'alerts.txt.2'), 'older\n');
    await utimes(join(folder, 'alerts.txt.2'), 1, 1);
    await writeFile(join(folder, name), pack(lines(...alerts.slice(0, 900))));
    await writeFile(join(folder, 'notes.txt'), lines(alertAt(950)));
    const { file, delivered } = openFile(path);
    file.deliver(alerts);
    await file.stop();
    expect(await readFile(path, 'utf8')).toBe(lines(...alerts.slice(900)));
    expect(delivered).toHaveLength(1_000);
  });

  it('recognizes its lines after an editor has changed line ends to CR LF', async () => {
    const path = join(folder, 'alerts.txt');
    await writeFile(path, `${alertLine(alertAt(1))}\r\n`);
    const { file } = openFile(path);
    file.deliver([alertAt(1), alertAt(2)]);
    await file.stop();
    expect(await readFile(path, 'utf8')).toBe(`${alertLine(alertAt(1))}\r\n${lines(alertAt(2))}`);
  });

  it('follows a rotation between two alerts', async () => {
    const path = join(folder, 'alerts.txt');
    const { file, nextChange } = openFile(path);
    const first = nextChange();
    file.deliver([alertAt(1)]);
    await first;
    await rename(path, `${path}.1`);
    file.deliver([alertAt(2)]);
    await file.stop();
    expect(await readFile(`${path}.1`, 'utf8')).toBe(lines(alertAt(1)));
    expect(await readFile(path, 'utf8')).toBe(lines(alertAt(2)));
  });
});

describe('alerts file on the disk of the log', () => {
  const { signal } = new AbortController();
  const raised = (...times: readonly number[]): RaisedAlert[] =>
    times.map((at) => ({ ...alertAt(at), raisedAt: at }));

  it('appends a line without a search once it is known that no earlier run has written it', async () => {
    const path = join(folder, 'alerts.txt');
    const channel = alertsFileChannel(path, { besideLog: folder });
    const first = channel.deliver(raised(1), signal);
    expect(readdirSync(folder)).toEqual([]);
    await first;
    const second = channel.deliver(raised(2, 3), signal);
    expect(readFileSync(path, 'utf8')).toBe(lines(alertAt(1), alertAt(2), alertAt(3)));
    await second;
  });

  it('completes a truncated line, and continues after the file was replaced for a while', async () => {
    const path = join(folder, 'alerts.txt');
    const channel = alertsFileChannel(path, { besideLog: folder });
    await channel.deliver(raised(1), signal);
    await appendFile(path, alertLine(alertAt(2)).slice(0, 40));
    await channel.deliver(raised(2), signal);
    expect(await readFile(path, 'utf8')).toBe(lines(alertAt(1), alertAt(2)));
    await rename(path, `${path}.1`);
    await mkdir(path);
    await expect(channel.deliver(raised(3), signal)).rejects.toThrow();
    await rm(path, { recursive: true });
    for (const number of [3, 4]) await channel.deliver(raised(number), signal);
    expect(await readFile(path, 'utf8')).toBe(lines(alertAt(3), alertAt(4)));
  });

  // Windows and macOS have no second file system that is always there.
  it.runIf(process.platform === 'linux')(
    'is distinguished from one on another disk (tested only on Linux)',
    async () => {
      const path = join(folder, 'alerts.txt');
      const channel = alertsFileChannel(path, { besideLog: '/proc' });
      await channel.deliver(raised(1), signal);
      const second = channel.deliver(raised(2), signal);
      expect(readFileSync(path, 'utf8')).toBe(lines(alertAt(1)));
      await second;
      expect(await readFile(path, 'utf8')).toBe(lines(alertAt(1), alertAt(2)));
    },
  );
});

// A named pipe is made by a program that Windows does not have.
describe.skipIf(process.platform === 'win32')('alerts file that is a pipe (not on Windows)', () => {
  const readers: ChildProcess[] = [];

  afterEach(() => {
    for (const reader of readers.splice(0)) reader.kill('SIGKILL');
  });

  function makePipe(): string {
    const path = join(folder, 'alerts.pipe');
    execFileSync('mkfifo', [path]);
    return path;
  }

  /** A program that reads the pipe, with what it has read. */
  function startReader(program: string, args: readonly string[]) {
    const reader = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    readers.push(reader);
    let text = '';
    let grew = Promise.withResolvers<void>();
    reader.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      grew.resolve();
      grew = Promise.withResolvers();
    });
    return {
      async untilRead(expected: string): Promise<void> {
        while (text.length < expected.length) await grew.promise;
        expect(text).toBe(expected);
      },
      async kill(): Promise<void> {
        const closed = once(reader, 'close');
        reader.kill('SIGKILL');
        await closed;
      },
    };
  }

  /** Lets the retries come until the condition holds. */
  async function retryUntil(clock: ReturnType<typeof virtualClock>, condition: () => boolean): Promise<void> {
    while (!condition()) await clock.advance(60_000);
  }

  it('receives each line once, without a sync, and stays open between two alerts', async () => {
    const path = makePipe();
    const { file, clock, delivered } = openFile(path);
    const reader = startReader('cat', [path]);
    file.deliver([alertAt(1), alertAt(2)]);
    await retryUntil(clock, () => delivered.length === 2);
    file.deliver([alertAt(3)]);
    await retryUntil(clock, () => delivered.length === 3);
    await reader.untilRead(lines(alertAt(1), alertAt(2), alertAt(3)));
    expect(file.state()).toEqual({ error: null, waiting: 0 });
    await file.stop();
  });

  it('reports a missing reader, loses nothing, and delivers when there is one', async () => {
    const path = makePipe();
    const { file, clock, delivered, nextChange } = openFile(path);
    const failed = nextChange();
    file.deliver([alertAt(1)]);
    await failed;
    expect(inWords(file.state())).toEqual({
      error: `Cannot write ${path}: nobody reads from this pipe. Start its reader; what waits is delivered then.`,
      waiting: 1,
    });
    expect(delivered).toEqual([]);
    const reader = startReader('cat', [path]);
    await retryUntil(clock, () => delivered.length === 1);
    await reader.untilRead(lines(alertAt(1)));
    expect(file.state().error).toBeNull();
    await file.stop();
  });

  it('does not delay the end of the program without a reader', async () => {
    const path = makePipe();
    const { file } = openFile(path);
    file.deliver([alertAt(1)]);
    await file.stop();
    expect(file.state().waiting).toBe(1);
  });

  it('continues with complete lines when another reader follows', async () => {
    const path = makePipe();
    const { file, clock, delivered, nextChange } = openFile(path);
    const first = startReader('cat', [path]);
    file.deliver([alertAt(1)]);
    await retryUntil(clock, () => delivered.length === 1);
    await first.untilRead(lines(alertAt(1)));
    await first.kill();
    const failed = nextChange();
    file.deliver([alertAt(2)]);
    await failed;
    expect(textOf(file.state().error)).toContain('Start its reader');
    const second = startReader('cat', [path]);
    await retryUntil(clock, () => delivered.length === 2);
    await second.untilRead(lines(alertAt(2)));
    await file.stop();
  });

  it('delivers every line once, in order, to a slow reader', async () => {
    const path = makePipe();
    const { file, clock, delivered } = openFile(path);
    // Opens the pipe, and reads nothing until it gets SIGCONT.
    const reader = startReader('sh', ['-c', 'exec 3<"$1"; kill -STOP $$; cat <&3', 'sh', path]);
    const alerts = Array.from({ length: 2_000 }, (_, number) => alertAt(number));
    file.deliver(alerts);
    await retryUntil(clock, () => textOf(file.state().error).includes('does not keep up'));
    const received = delivered.length;
    expect(received).toBeGreaterThan(0);
    expect(received).toBeLessThan(2_000);
    expect(file.state().waiting).toBe(2_000 - received);
    for (const { pid } of readers) process.kill(pid ?? 0, 'SIGCONT');
    await retryUntil(clock, () => delivered.length === 2_000);
    await reader.untilRead(lines(...alerts));
    expect(delivered).toEqual(alerts.map(({ id }) => id));
    await file.stop();
  });

  it('is not opened for reading: what is written is never read back by the program itself', async () => {
    const path = makePipe();
    const { file, clock, delivered } = openFile(path);
    file.deliver([alertAt(1)]);
    await clock.advance(600_000);
    expect(delivered).toEqual([]);
    await file.stop();
  });

  it.each(['/dev/null', '/dev/stdout'])('may be %s', async (path) => {
    const program = `
      const { alertsFileChannel } = await import(${JSON.stringify(new URL('./alerts-file.ts', import.meta.url).href)});
      const [path, alerts] = process.argv.slice(1);
      const channel = alertsFileChannel(path);
      await channel.deliver(JSON.parse(alerts));
      await channel.close();
      console.error('delivered');`;
    const alerts = [alertAt(1), alertAt(2)];
    // Through a shell, because Node connects children with sockets, and a shell with pipes.
    const args = ['--input-type=module', '-e', program, path, JSON.stringify(alerts)];
    const child = spawn('sh', ['-c', '"$0" "$@" | cat', process.execPath, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    readers.push(child);
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
      });
    }
    const [code] = await once(child, 'close');
    expect({ code, ...output }).toEqual({
      code: 0,
      stdout: path === '/dev/null' ? '' : lines(...alerts),
      stderr: 'delivered\n',
    });
  });
});
