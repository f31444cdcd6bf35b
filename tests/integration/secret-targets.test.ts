import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { openMonitor } from '../../electron/monitor/compose.ts';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import type { Monitor, MonitorOptions } from '../../electron/monitor/monitor.ts';
import { readBoundSecret } from '../../electron/monitor/secrets/bound-secret.ts';
import { openDatabasePassword } from '../../electron/monitor/secrets/database-password.ts';
import type { SecretName, SecretStore } from '../../electron/monitor/secrets/secret-store.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import type { ProcedureInput } from '../../shared/contract/procedures.ts';
import type { SettingsView } from '../../shared/contract/settings-view.ts';
import type { Response } from '../../shared/contract/wire.ts';
import { until } from '../program.ts';
import { inWords, textOf } from '../text-of.ts';

let folder: string;
let monitor: Monitor | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'secret-targets-'));
});

afterEach(async () => {
  await monitor?.stop(0);
  monitor = undefined;
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** The secret store of a host; the kind of keyring is irrelevant here. */
function memoryStore(kept: Partial<Record<SecretName, string>> = {}): SecretStore {
  const secrets = new Map(Object.entries(kept));
  return {
    get: async (name) => secrets.get(name) ?? null,
    set: async (name, value) => {
      secrets.set(name, value);
      return 'kept';
    },
    remove: async (name) => void secrets.delete(name),
  };
}

/** Starts the program: like the desktop app, with a store, or like `run`, without one. */
async function open(
  settings: object,
  options: Partial<MonitorOptions> & { readonly secrets?: SecretStore } = {},
): Promise<Monitor> {
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ exchanges: [], ...settings }));
  return reopen(options);
}

async function reopen(
  options: Partial<MonitorOptions> & { readonly secrets?: SecretStore } = {},
): Promise<Monitor> {
  await monitor?.stop(0);
  const { secrets } = options;
  const key = await secrets?.get('coingeckoApiKey');
  monitor = await openMonitor({
    dataDir: folder,
    flags: {},
    env: {},
    clock: systemClock,
    log: silentLog,
    ...(secrets && { databasePassword: await openDatabasePassword(secrets) }),
    ...(key && { keptKey: readBoundSecret(key) }),
    ...options,
  });
  return monitor;
}

const call = (procedure: string, input: unknown): Promise<Response> =>
  monitor?.dispatch({ id: 1, procedure, input }) ?? Promise.reject(new Error('nothing is open'));
const set = (patch: ProcedureInput<'settings.set'>): Promise<Response> => call('settings.set', patch);
const shown = async (): Promise<SettingsView> =>
  ((await call('settings.get', {})) as { output: SettingsView }).output;
const file = (): Record<string, unknown> => JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8'));
const problems = (): string =>
  monitor
    ?.snapshot()
    .status.problems.map(({ message }) => textOf(message))
    .join('\n') ?? '';

const refusal = (setting: string, message: string) => ({
  ok: false,
  error: {
    code: 'bad-request',
    message: expect.stringContaining(message),
    issues: [expect.objectContaining({ setting })],
  },
});

describe.each([
  ['in the host’s store', () => memoryStore()],
  ['in settings.json', () => undefined],
])('a database password that is kept %s', (_, store) => {
  const before = 'postgresql://me:hush@db.example/prices?sslmode=verify-full';
  let secrets: SecretStore | undefined;

  beforeEach(async () => {
    secrets = store();
    await open({}, secrets && { secrets });
    expect(inWords(await set({ databaseUrl: before }))).toMatchObject({ ok: true });
  });

  it.each([
    ['another host', 'postgresql://me:***@evil.example/prices?sslmode=verify-full'],
    [
      'another host in the query',
      'postgresql://me:***@db.example/prices?sslmode=verify-full&host=evil.example',
    ],
    ['another port', 'postgresql://me:***@db.example:6432/prices?sslmode=verify-full'],
    ['no encryption', 'postgresql://me:***@db.example/prices?sslmode=disable'],
    ['an encryption by default', 'postgresql://me:***@db.example/prices'],
    ['one host more', 'postgresql://me:***@db.example,evil.example/prices?sslmode=verify-full'],
    ['the password in the query', 'postgresql://evil.example/prices?user=me&password=***'],
  ])('is not sent after a change to %s', async (__, databaseUrl) => {
    const kept = file().databaseUrl;
    expect(inWords(await set({ databaseUrl }))).toMatchObject(
      refusal('databaseUrl', 'was stored for db.example:5432'),
    );
    expect(file().databaseUrl).toBe(kept);
    expect(JSON.stringify(await shown())).not.toContain('hush');
  });

  it('is kept when other parts change, and may be replaced with any change', async () => {
    expect(
      await set({ databaseUrl: 'postgresql://you:***@db.example:5432/other?sslmode=verify-full' }),
    ).toMatchObject({ ok: true });
    expect((await shown()).settings.databaseUrl).toContain('you:***@db.example');
    expect(inWords(await set({ databaseUrl: 'postgresql://me:new@evil.example/prices' }))).toMatchObject({
      ok: true,
    });
    expect((await shown()).settings.databaseUrl).toBe('postgresql://me:***@evil.example/prices');
  });
});

describe('a database password in the host’s store', () => {
  it('is not used, with a report, when settings.json names another server', async () => {
    const secrets = memoryStore();
    await open({}, { secrets });
    await set({ databaseUrl: 'postgresql://me:hush@db.example/prices' });
    await open({ databaseUrl: 'postgresql://me@evil.example/prices' }, { secrets });
    expect((await shown()).settings.databaseUrl).toBe('postgresql://me@evil.example/prices');
    expect(problems()).toContain('stored for db.example:5432 and is not sent to evil.example:5432');
    await open({ databaseUrl: 'postgresql://me@db.example/prices' }, { secrets });
    expect((await shown()).settings.databaseUrl).toBe('postgresql://me:***@db.example/prices');
    expect(problems()).not.toContain('is not sent');
  });
});

describe('an API key in the host’s store', () => {
  const proxy = 'https://proxy.example/api/v3';
  let secrets: SecretStore;

  beforeEach(async () => {
    secrets = memoryStore();
    await open({}, { secrets });
    expect(inWords(await call('secrets.set', { name: 'coingeckoApiKey', value: 'CG-1' }))).toMatchObject({
      ok: true,
    });
  });

  it('is not sent after a change of scheme or host, unless it is replaced too', async () => {
    for (const coingeckoUrl of [proxy, 'http://api.coingecko.com/api/v3', 'http://127.0.0.1:1/']) {
      expect(inWords(await set({ coingeckoUrl }))).toMatchObject(
        refusal('coingeckoUrl', 'stored for https://api.coingecko.com'),
      );
    }
    expect(file().coingeckoUrl).toBeUndefined();
    expect(inWords(await set({ coingeckoUrl: 'https://pro-api.coingecko.com/api/v3' }))).toMatchObject({
      ok: true,
    });
    expect(inWords(await set({ coingeckoUrl: proxy, coingeckoApiKey: 'CG-2' }))).toMatchObject({ ok: true });
    expect(inWords(await set({ coingeckoUrl: 'https://proxy.example/v4' }))).toMatchObject({ ok: true });
    expect(inWords(await set({ coingeckoUrl: null }))).toMatchObject(
      refusal('coingeckoUrl', 'https://proxy.example'),
    );
  });

  it('is sent only over encrypted connections or within this machine', async () => {
    const coingeckoUrl = 'http://proxy.example/api/v3';
    expect(inWords(await set({ coingeckoUrl, coingeckoApiKey: 'CG-2' }))).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('A key is sent over https') },
    });
    expect(
      inWords(await set({ coingeckoUrl: 'http://127.0.0.1:1/', coingeckoApiKey: 'CG-2' })),
    ).toMatchObject({
      ok: true,
    });
    expect(inWords(await call('secrets.set', { name: 'coingeckoApiKey', value: null }))).toMatchObject({
      ok: true,
    });
    expect(inWords(await set({ coingeckoUrl }))).toMatchObject({ ok: true });
    expect(inWords(await call('secrets.set', { name: 'coingeckoApiKey', value: 'CG-3' }))).toMatchObject({
      ok: false,
    });
  });

  it('stays the same when a change with another key is rejected', async () => {
    const refused = await set({ coingeckoUrl: proxy, coingeckoApiKey: 'CG-2', quietHours: 'nonsense' });
    expect(refused.ok).toBe(false);
    const conflict = await set({
      coingeckoUrl: proxy,
      coingeckoApiKey: 'CG-2',
      alertsFile: join(folder, 'missing', 'a.txt'),
    });
    expect(conflict.ok).toBe(false);
    expect(inWords(await set({ coingeckoUrl: proxy }))).toMatchObject(
      refusal('coingeckoUrl', 'stored for https://api.coingecko.com'),
    );
  });
});

describe('a password in the address of CoinGecko', () => {
  it('is rejected, because every failed request would reveal it', async () => {
    await open({ coingeckoUrl: 'https://me:hush@proxy.example/api/v3' });
    expect((await shown()).settings.coingeckoUrl).toBeNull();
    const refused = await set({ coingeckoUrl: 'https://me:hush@proxy.example/api/v3' });
    expect(inWords(refused)).toMatchObject({
      ok: false,
      error: { code: 'bad-request', message: expect.stringContaining('a user name or a password') },
    });
    expect(problems() + JSON.stringify(refused)).not.toContain('hush');
  });
});

describe('an API key in the environment', () => {
  it('is not sent to a server that a page names', async () => {
    await open({}, { env: { COINGECKO_API_KEY: 'CG-1' } });
    expect(inWords(await set({ coingeckoUrl: 'https://evil.example/api/v3' }))).toMatchObject(
      refusal('coingeckoUrl', 'set COINGECKO_BASE_URL beside it'),
    );
    expect(file().coingeckoUrl).toBeUndefined();
  });
});

describe('a database password in the environment', () => {
  const own = 'postgresql://me@db.example/prices';
  const refused = refusal('databaseUrl', 'The password in PGPASSWORD is not sent to evil.example:5432');

  it('is not sent to a server that a page names', async () => {
    await open({ databaseUrl: own }, { env: { PGPASSWORD: 'hush' } });
    for (const databaseUrl of [
      'postgresql://me@evil.example/prices',
      'postgresql://me:***@evil.example/prices',
    ]) {
      expect(inWords(await set({ databaseUrl }))).toMatchObject(refused);
    }
    expect(inWords(await set({ databaseUrl: `${own}?sslmode=disable` }))).toMatchObject({ ok: false });
    expect(file().databaseUrl).toBe(own);
    expect(inWords(await set({ databaseUrl: 'postgresql://you@db.example/other' }))).toMatchObject({
      ok: true,
    });
    expect(inWords(await set({ databaseUrl: 'postgresql://me:new@evil.example/prices' }))).toMatchObject({
      ok: true,
    });
    expect(inWords(await set({ databaseUrl: '' }))).toMatchObject({ ok: true });
    expect(inWords(await set({ databaseUrl: 'postgresql://me@evil.example/prices' }))).toMatchObject(refused);
  });
});

describe('what is sent to the provider', () => {
  let market: DemoServer;
  let keysByHost: Map<string, Set<string>>;

  beforeEach(async () => {
    market = await startDemoServer({ clock: systemClock, seed: 'secret-targets' });
    keysByHost = new Map();
  });
  afterEach(() => market.close());

  /** A network in which every name resolves to the simulated market. */
  const network = (): NonNullable<MonitorOptions['network']> => ({
    async fetch(input, init) {
      const { origin, pathname, search } = new URL(String(input));
      const headers = new Headers(init?.headers);
      const keys = ['x-cg-demo-api-key', 'x-cg-pro-api-key'].flatMap((name) => headers.get(name) ?? []);
      keysByHost.set(origin, new Set([...(keysByHost.get(origin) ?? []), ...keys]));
      return fetch(`${market.url}${pathname}${search}`, init);
    },
    routesTo: async () => ['direct'],
  });

  it.each([
    ['https://proxy.example', 'CG-1'],
    ['http://proxy.example', null],
    ['http://localhost:9', 'CG-1'],
    ['http://[::1]:9', 'CG-1'],
    ['http://localhost.evil.example', null],
  ])('contains the key of the environment at %s: %s', async (origin, key) => {
    const env = { COINGECKO_API_KEY: 'CG-1', COINGECKO_BASE_URL: `${origin}/api/v3` };
    await open({ databaseUrl: 'postgresql://127.0.0.1:1/none' }, { env, network: network() });
    monitor?.start();
    await until(() => monitor?.snapshot().quotes.every(({ price }) => price !== null));
    expect([...(keysByHost.get(origin) ?? [])]).toEqual(key === null ? [] : [key]);
    const problem = `is not sent to ${origin}, because that connection is not encrypted`;
    if (key === null) expect(problems()).toContain(problem);
    else expect(problems()).not.toContain('is not sent');
  });

  it('contains a stored key only at the server that it was stored for, whatever settings.json names', async () => {
    const secrets = memoryStore();
    await open({ databaseUrl: 'postgresql://127.0.0.1:1/none' }, { secrets });
    await call('secrets.set', { name: 'coingeckoApiKey', value: 'CG-1' });
    await open(
      { databaseUrl: 'postgresql://127.0.0.1:1/none', coingeckoUrl: 'https://evil.example/api/v3' },
      { secrets, network: network() },
    );
    monitor?.start();
    await until(() => monitor?.snapshot().quotes.every(({ price }) => price !== null));
    expect([...keysByHost].map(([host, keys]) => [host, [...keys]])).toEqual([['https://evil.example', []]]);
    expect(problems()).toContain(
      'stored for https://api.coingecko.com and is not sent to https://evil.example',
    );

    keysByHost.clear();
    const back = await set({ coingeckoUrl: null });
    expect(back).toMatchObject({ ok: true });
    await reopen({ secrets, network: network() });
    monitor?.start();
    await until(() => keysByHost.get('https://api.coingecko.com')?.has('CG-1'));
    expect(problems()).not.toContain('is not sent');
  });
});
