import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openTarget } from '../../electron/monitor/store/archive/targets/open-target.ts';
import { startService } from '../counterparts/child-service.ts';
import {
  CLI,
  openPage,
  type Page,
  type Program,
  runCli,
  startProgram,
  until,
  withFolder,
} from '../program.ts';
import { type EchoServers, startEchoServers } from './echo-servers.ts';
import { startLevelMarket } from './level-market.ts';
import {
  leadsElsewhere,
  type PlantedChannel,
  type PlantedWords,
  plainOptions,
  plantedChannels,
  plantedVariables,
  plantedWords,
} from './planted-secrets.ts';

let servers: EchoServers;
let words: PlantedWords;
let channels: readonly PlantedChannel[];
/** Secrets of the program itself, and of every channel. */
let own: Record<string, string>;
let ofChannels: Record<string, string>;

beforeAll(async () => {
  servers = await startEchoServers();
  words = plantedWords();
  channels = plantedChannels(words, servers);
  own = plantedVariables(words, servers);
  ofChannels = Object.assign({}, ...channels.map(({ variables }) => variables));
});
afterAll(() => servers.close());

/** Fails with the names of the outputs that contain secrets, and of these secrets. */
function expectClean(outputs: Readonly<Record<string, string>>): void {
  const leaks = Object.entries(outputs).flatMap(([output, text]) =>
    words.leaksIn(text).map((what) => `${output}: ${what}`),
  );
  expect(leaks).toEqual([]);
  // An empty output would prove nothing.
  for (const [output, text] of Object.entries(outputs)) expect(text, output).not.toBe('');
}

/** The channels that send to the hostile servers. */
const remote = () => channels.filter(({ kind }) => leadsElsewhere(kind));
const settingsOf = (planted: readonly PlantedChannel[]): string =>
  JSON.stringify({ channels: planted.map(({ setting }) => setting) });

/** Everything that a page receives of the program. */
async function seenOnPage(page: Page, url: string): Promise<Record<string, string>> {
  const calls = ['snapshot', 'settings.get', 'channels.list', 'channels.kinds', 'alerts.unread'] as const;
  const seen = Object.fromEntries(
    await Promise.all(calls.map(async (call) => [call, JSON.stringify(await page.call(call, {}))] as const)),
  );
  const html = await (await fetch(new URL('/', url))).text();
  return { ...seen, html, events: JSON.stringify(page.events) };
}

/** The files of the data folder, except those whose purpose is to store a secret. */
function filesIn(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(
    names
      .filter((name) => !/^(postgres|journal\.sqlite-shm)|(^|\/)(ui-token|monitor\.lock)$/.test(name))
      .map((name) => [name, join(folder, name)] as const)
      .filter(([, path]) => statSync(path).isFile() && statSync(path).size > 0)
      .map(([name, path]) => [name, readFileSync(path, 'latin1')]),
  );
}

/** Command lines and environments of all descendants of a process. */
function childrenOf(pid: number): Record<string, string> {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const [, parent] = /^PPid:\t(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8')) ?? [];
        return [{ child: Number(name), parent: Number(parent) }];
      } catch {
        return []; // it has ended meanwhile
      }
    });
  const found = new Set([pid]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const { child, parent } of parents) if (found.has(parent)) found.add(child);
  }
  found.delete(pid);
  return Object.fromEntries(
    [...found].flatMap((child) =>
      ['cmdline', 'environ'].flatMap((file) => {
        try {
          return [[`${file} of ${child}`, readFileSync(`/proc/${child}/${file}`, 'utf8')]];
        } catch {
          return [];
        }
      }),
    ),
  );
}

describe('a secret of every kind of channel and of the program itself', () => {
  it('is found by these tests in every form', () => {
    const searched = plantedWords();
    const word = searched.plant('it');
    const encoded = (['base64', 'base64url', 'hex'] as const).flatMap((encoding) =>
      ['', 'x', 'xy', 'me:'].map((before) => Buffer.from(`${before}${word}:tail`).toString(encoding)),
    );
    for (const text of [word, word.toUpperCase(), `a=${word}&b`, ...encoded]) {
      expect(searched.leaksIn(text), text).toEqual(['it']);
    }
    expect(searched.leaksIn('planted')).toEqual([]);
  });

  it('is in no output while everything fails and servers repeat it', async () => {
    await withFolder(async (folder) => {
      writeFileSync(join(folder, 'settings.json'), settingsOf(remote()));
      const env = {
        ...own,
        ...ofChannels,
        MONITOR_DATA_DIR: folder,
        MONITOR_LOG_LEVEL: 'debug',
        COINGECKO_BASE_URL: `http://127.0.0.1:${servers.http}/api/v3`,
        MONITOR_ARCHIVE_URL: `s3://prices?endpoint=http://127.0.0.1:${servers.http}&path-style=true&region=eu-central-1`,
        NO_PROXY: '127.0.0.1',
      };
      const program: Program = await startProgram(env);
      const page = await openPage(program.url);
      const tests = await Promise.all(
        remote().map(async ({ setting: { id } }) => [id, await page.call('channels.test', { id })] as const),
      );
      // Each channel was opened with its secrets, sent a test alert, and was refused.
      expect(tests.filter(([, { failure }]) => failure === null)).toEqual([]);
      await until(async () => (await page.status()).feed.status !== 'starting');
      await until(() => /cannot reach kraken/.test(program.stderr()));
      const listed = await page.call('channels.list', {});
      expect(listed.filter(({ problem }) => problem !== null)).toEqual([]);
      const seen = await seenOnPage(page, program.url);
      const commands = await Promise.all(
        [
          ['channels', 'list'],
          ['channels', 'test', 'of-webhook'],
          ['channels', 'test', 'of-email'],
          ['export', 'ticks', '--coin', 'bitcoin'],
          ['archive', 'list'],
        ].map(async (args) => {
          const { stdout, stderr } = await runCli([...args, '--data-dir', folder], env);
          return [args.join(' '), stdout + stderr] as const;
        }),
      );
      page.close();
      // The output is complete, and the shutdown is not tested here.
      const { stdout, stderr } = await program.end('SIGKILL');
      expectClean({
        ...seen,
        ...Object.fromEntries(commands),
        ...filesIn(folder),
        tests: JSON.stringify(tests),
        stdout,
        stderr,
      });
    });
  });

  it('is in no alert, no export, no history, and no started process', async () => {
    await withFolder(async (folder) => {
      const market = await startLevelMarket(folder);
      writeFileSync(join(folder, 'settings.json'), settingsOf(remote()));
      const { DATABASE_URL: _, ...others } = own;
      const fault = encodeURIComponent('process.on("SIGUSR2",()=>{throw new Error("unforeseen")})');
      const env = {
        ...others,
        ...ofChannels,
        ...market.env,
        MONITOR_LOG_LEVEL: 'debug',
        NO_PROXY: '127.0.0.1',
        NODE_OPTIONS: `--import=data:text/javascript,${fault}`,
      };
      const program = await startProgram(env);
      const page = await openPage(program.url);
      await until(async () => (await page.status()).database.status === 'ready');
      await market.cross();
      // Each channel has sent the alert, and retries it or has given it up.
      const failed = async () =>
        (await page.call('channels.list', {})).filter(
          ({ state, dead }) => state !== null && (state.failure !== null || dead > 0),
        );
      await until(async () => (await failed()).length === remote().length);
      const { alerts } = await page.call('alerts', { limit: 10 });
      const deliveries = await page.call('alerts.deliveries', { alertIds: alerts.map(({ id }) => id) });
      const seen = await seenOnPage(page, program.url);
      const children = existsSync('/proc/self/environ') ? childrenOf(program.pid) : null;
      if (children !== null) expect(Object.keys(children).length).toBeGreaterThan(2);
      const exports = await Promise.all(
        ['ticks', 'alerts'].map(async (what) => {
          const { stdout, stderr } = await runCli(
            ['export', what, '--coin', 'bitcoin', '--data-dir', folder],
            env,
          );
          return [`export ${what}`, stdout + stderr] as const;
        }),
      );
      page.close();
      const { code, stdout, stderr } = await program.end('SIGUSR2');
      await market.close();
      expect({ code, isReported: /unforeseen/.test(stderr) }).toEqual({ code: 1, isReported: true });
      expectClean({
        ...seen,
        ...children,
        ...Object.fromEntries(exports),
        ...filesIn(folder),
        deliveries: JSON.stringify([alerts, deliveries]),
        stdout,
        stderr,
      });
    });
  });

  it('is in no output of a process with a role whose brokers are unreachable', async () => {
    await withFolder(async (folder) => {
      const before = servers.connections();
      const service = await startService({
        program: process.execPath,
        args: [CLI, 'run', '--role', 'feed', '--data-dir', folder],
        cwd: folder,
        env: {
          ...own,
          KAFKA_BROKERS: `127.0.0.1:${servers.http}`,
          KAFKA_USER: 'me',
          MONITOR_LOG_LEVEL: 'debug',
          NO_PROXY: '127.0.0.1',
        },
        isReady: (output) => servers.connections() > before && output.includes('PLT_KFK'),
      });
      await service.end('SIGTERM');
      expectClean({ output: service.output() });
    });
  });

  it('is in no error of an archive', async () => {
    const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] as const;
    for (const name of names) vi.stubEnv(name, own[name]);
    const { http } = servers;
    try {
      for (const url of [
        `s3://prices?endpoint=http://127.0.0.1:${http}&path-style=true&region=eu-central-1`,
        `webhdfs://127.0.0.1:${http}/prices`,
      ]) {
        const target = await openTarget(url, own);
        const failure: unknown = await target.open('a.parquet').catch((cause: unknown) => cause);
        target.close();
        expectClean({ [url]: String(failure) });
      }
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('is refused in settings.json and in any URL there, without being repeated', async () => {
    await withFolder(async (folder) => {
      const misplaced = channels.flatMap(({ setting, secrets }) =>
        Object.keys(secrets).length === 0
          ? []
          : [{ ...setting, options: { ...setting.options, ...secrets } }],
      );
      const inUrls = channels.flatMap(({ setting, kind }) =>
        plainOptions(kind)
          .filter((name) => /:\/\//.test(String(setting.options[name])))
          .map((name, index) => {
            const word = words.plant(`the URL in ${name} of ${kind.kind}`);
            const url = new URL(String(setting.options[name]));
            url.password = word;
            return {
              ...setting,
              id: `url-${index}-${kind.kind}`,
              options: { ...setting.options, [name]: url.href },
            };
          }),
      );
      const listed = async (list: readonly object[]) => {
        const { stdout, stderr } = await runCli(['channels', 'list', '--data-dir', folder], {
          MONITOR_CHANNELS: JSON.stringify(list),
        });
        return { lines: stdout.trim().split('\n'), text: stdout + stderr };
      };
      const ofSecrets = await listed(misplaced);
      expect(ofSecrets.lines.length).toBe(misplaced.length);
      for (const line of ofSecrets.lines)
        expect(line).toMatch(/is a secret and is not read from settings\.json/);
      const ofUrls = await listed(inUrls);
      expect(ofUrls.lines.length).toBe(inUrls.length);
      for (const line of ofUrls.lines)
        expect(line).toMatch(/must not contain a user name, a password or a token/);
      expectClean({ misplaced: ofSecrets.text, urls: ofUrls.text });
    });
  });
});
