import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import { openPage, openSocket, type Program, startProgram, until } from '../program.ts';
import { exchange, INVALID_FRAME, rawClient, upgradeRequest } from './raw-client.ts';

let folder: string;
let market: DemoServer;
let program: Program;
let origin: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'browser-host-'));
  market = await startDemoServer({ clock: systemClock, seed: 'browser-host' });
  program = await startProgram({ MONITOR_DATA_DIR: folder, COINGECKO_BASE_URL: market.url });
  origin = new URL(program.url).origin;
});

afterAll(async () => {
  await program.end('SIGTERM');
  await market.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A request whose Host header can be forged, unlike that of `fetch`. */
function get(
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]> }> {
  return new Promise((resolve, reject) => {
    request(`${origin}${path}`, { headers }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, headers: response.headers });
    })
      .on('error', reject)
      .end();
  });
}

async function cookie(): Promise<string> {
  const response = await fetch(program.url, { redirect: 'manual' });
  return response.headers.get('set-cookie')?.split(';')[0] ?? '';
}

/** Tries to open the socket. Resolves with the HTTP status of a refusal, or the close code. */
function attempt(headers: Record<string, string>): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/api`, { headers });
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
    socket.on('close', resolve);
    socket.on('error', () => undefined); // reported by the two handlers above
  });
}

describe('the browser host', () => {
  it('exchanges the token of the URL for a cookie that is HttpOnly and SameSite', async () => {
    const response = await fetch(program.url, { redirect: 'manual' });
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('/');
    expect(response.headers.get('set-cookie')).toMatch(
      /^monitor_\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/,
    );
  });

  it('serves nothing without the cookie', async () => {
    expect((await fetch(`${origin}/`)).status).toBe(401);
    expect((await fetch(`${origin}/?token=wrong`)).status).toBe(401);
    expect((await get('/', { cookie: `${(await cookie()).slice(0, -1)}x` })).status).toBe(401);
    expect((await get('/', { cookie: await cookie() })).status).toBe(200);
  });

  it('sends a policy that allows scripts only from its own files', async () => {
    const { headers } = await get('/', { cookie: await cookie() });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it('rejects other host names, which prevents DNS rebinding', async () => {
    expect((await get('/', { host: 'evil.example', cookie: await cookie() })).status).toBe(421);
  });

  it('serves nothing outside its folder, and accepts no uploads', async () => {
    expect((await get('/../package.json', { cookie: await cookie() })).status).toBe(404);
    expect((await get('/%2e%2e/%2e%2e/package.json', { cookie: await cookie() })).status).toBe(404);
    const post = await fetch(`${origin}/`, {
      method: 'POST',
      body: 'x',
      headers: { cookie: await cookie() },
    });
    expect(post.status).toBe(405);
  });

  it('rejects a socket from another origin, and informs a page with an invalid cookie', async () => {
    expect(await attempt({ origin: 'http://evil.example', cookie: await cookie() })).toBe(403);
    expect(await attempt({ cookie: await cookie() })).toBe(403);
    expect(await attempt({ origin, cookie: 'monitor=none' })).toBe(4_401);
  });

  it('disconnects on a message that is too long, and responds to one that is not a request', async () => {
    const { socket } = await openSocket(program.url);
    socket.send('not json');
    const [reply] = await once(socket, 'message');
    expect(JSON.parse(String(reply))).toMatchObject({ ok: false, error: { code: 'bad-request' } });
    const closed = once(socket, 'close');
    socket.send('x'.repeat(100_000));
    expect((await closed)[0]).toBe(1_009);
  });

  it.each(['//', '//evil.example/', '/\\\\', 'http://[', 'nowhere', '*'])(
    'responds with 400 to a request for %s, which is not a path, and to a WebSocket there',
    async (target) => {
      const { host, port } = new URL(origin);
      const request = `GET ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`;
      expect(await exchange(Number(port), request)).toMatch(/^HTTP\/1\.1 400 /);
      expect(await exchange(Number(port), upgradeRequest({ host, origin }, target))).toMatch(
        /^HTTP\/1\.1 400 /,
      );
      await expectAlive();
    },
  );

  it('responds to any range request', async () => {
    for (const range of ['bytes=5-2', 'bytes=-1', 'bytes=9999999-', 'bytes=x-y', 'lines=1-2']) {
      expect((await get('/', { cookie: await cookie(), range })).status).toBe(200);
    }
    await expectAlive();
  });

  it.each([
    ['is refused', () => ({ origin: 'http://evil.example' })],
    ['has no authority', () => ({})],
  ])('continues when a client that %s resets, or sends an invalid frame', async (_, others) => {
    const { host, port } = new URL(origin);
    const request = upgradeRequest({ host, origin, ...others() });
    for (const after of ['', INVALID_FRAME, `\x81\x01${INVALID_FRAME}`]) {
      const client = await rawClient(Number(port));
      client.socket.write(request + after, 'latin1');
      if (after === '') client.socket.resetAndDestroy();
      await client.closed;
    }
    await expectAlive();
  });

  it('keeps running when a page beyond the limit sends an invalid frame', async () => {
    const { host, port } = new URL(origin);
    const pages = await Promise.all(Array.from({ length: 32 }, () => openSocket(program.url)));
    const request = upgradeRequest({ host, origin, cookie: await cookie() });
    expect(await exchange(Number(port), request + INVALID_FRAME)).toContain('too many pages');
    for (const { socket } of pages) {
      socket.close();
      await once(socket, 'close');
    }
    await expectAlive();
  });

  it('accepts a page while unauthorized sockets are open', async () => {
    const { host, port } = new URL(origin);
    const strangers = await Promise.all(Array.from({ length: 60 }, () => rawClient(Number(port))));
    for (const { socket } of strangers) socket.write(upgradeRequest({ host, origin }));
    await until(() => strangers.every(({ received }) => received() !== ''));
    // A limited number is accepted and then closed with the reason, because a page with an old cookie needs to know it.
    const responses = strangers.map(({ received }) => received().slice(9, 12));
    expect(new Set(responses)).toEqual(new Set(['101', '429']));
    expect(responses.filter((status) => status === '101').length).toBeLessThanOrEqual(30);
    await expectAlive();
    for (const { socket } of strangers) socket.destroy();
  });

  const countsDescriptors = process.platform === 'linux';
  it.skipIf(!countsDescriptors)(
    'keeps no descriptor for a refused upgrade (skipped without /proc)',
    async () => {
      const { host, port } = new URL(origin);
      const openFiles = (): number => readdirSync(`/proc/${program.pid}/fd`).length;
      const before = openFiles();
      const clients = await Promise.all(
        Array.from({ length: 600 }, () => rawClient(Number(port), { keepsOpen: true })),
      );
      for (const { socket } of clients) socket.write(upgradeRequest({ host, origin: 'http://evil.example' }));
      await until(() => clients.every(({ received }) => received().includes('403')));
      await until(() => openFiles() <= before + 5);
      for (const { socket } of clients) socket.destroy();
    },
  );

  async function expectAlive(): Promise<void> {
    const page = await openPage(program.url);
    expect(await page.call('snapshot', {})).toMatchObject({ vsCurrency: 'usd' });
    page.close();
  }

  it('listens only on the loopback interface', async () => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((each) => each !== undefined && !each.internal && each.family === 'IPv4');
    const elsewhere = outside?.address ?? '127.0.0.2';
    const socket = connect(Number(new URL(origin).port), elsewhere);
    const [error] = await once(socket, 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  });
});
