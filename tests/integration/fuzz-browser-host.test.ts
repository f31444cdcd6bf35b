import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import { openPage, openSocket, type Program, startProgram, until } from '../program.ts';
import { type Authority, type HostInput, makeHostInput } from './browser-host-inputs.ts';
import { rawClient } from './raw-client.ts';
import { createSeededRandom, replayable, seedFrom } from './seeded-random.ts';

const SEED_VARIABLE = 'BROWSER_HOST_SEED';
const INPUTS = 10_000;
/** Fewer than the maximum number of pages, so that another one is always accepted. */
const AT_ONCE = 24;
const CHECK_EVERY = 1_000;
/** The program's own connections to the database and the market vary. */
const FILES_OF_ITS_OWN = 10;

let folder: string;
let market: DemoServer;
let program: Program;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fuzz-browser-host-'));
  market = await startDemoServer({ clock: systemClock, seed: 'fuzz-browser-host' });
  program = await startProgram({ MONITOR_DATA_DIR: folder, COINGECKO_BASE_URL: market.url });
});

afterAll(async () => {
  await program.end('SIGTERM');
  await market.close();
  rmSync(folder, { recursive: true, force: true });
});

it('keeps running and leaks no descriptor, for any client input', async () => {
  const seed = seedFrom(SEED_VARIABLE, 20_261_126);
  await replayable(SEED_VARIABLE, seed, async () => {
    const random = createSeededRandom(seed);
    const authority = await authorityOf(program.url);
    const port = Number(new URL(program.url).port);
    await until(async () => (await status()).database.status === 'ready');
    const before = openFiles();

    for (let done = 0; done < INPUTS; done += CHECK_EVERY) {
      // Generated before they are sent: their timing is random, their content is reproducible.
      const inputs = Array.from({ length: CHECK_EVERY }, () => makeHostInput(random, authority));
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          for (let input = inputs.pop(); input !== undefined; input = inputs.pop()) await send(port, input);
        }),
      );
      expect((await status()).database.status).toBe('ready');
    }

    await until(() => openFiles() <= before + FILES_OF_ITS_OWN);
    const { code, stderr } = await program.end('SIGTERM');
    expect(stderr).not.toContain('"level":"fatal"');
    expect(code).toBe(0);
  });
});

async function authorityOf(url: string): Promise<Authority> {
  const { host, origin, searchParams } = new URL(url);
  const { socket, cookie } = await openSocket(url);
  socket.close();
  return { host, origin, cookie, token: searchParams.get('token') ?? '' };
}

async function status() {
  const page = await openPage(program.url);
  const now = await page.status();
  page.close();
  return now;
}

/** The number of open descriptors; zero if the operating system does not list them. */
function openFiles(): number {
  return process.platform === 'linux' ? readdirSync(`/proc/${program.pid}/fd`).length : 0;
}

async function send(port: number, { bytes, leaves, how }: HostInput): Promise<void> {
  const { socket, closed } = await rawClient(port);
  for (const part of bytes) socket.write(part);
  if (leaves === 'after response') {
    const responded = new Promise<void>((resolve) => socket.once('data', () => resolve()));
    // Not every input gets a response, so the client does not wait for long.
    await Promise.race([responded, closed, nextTurns()]);
  }
  if (leaves !== 'after server' && how === 'reset') socket.resetAndDestroy();
  else socket.end();
  await closed;
}

/** Usually long enough for a response on the loopback interface. */
async function nextTurns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}
