import { createServer as createTlsServer } from 'node:https';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { type Environment, environmentNetwork } from '../../electron/monitor/network/environment-network.ts';
import { coinGeckoSource } from '../../electron/monitor/sources/coingecko/coingecko.ts';
import { virtualClock } from '../../electron/monitor/time/clock.ts';
import { environmentFor, openPage, runCli, startProgram, until, withFolder } from '../program.ts';
import { closeServer, listen, type RecordingProxy, startProxy } from './proxy.ts';
import { SELF_SIGNED } from './self-signed.ts';

const NOW = Date.parse('2026-03-01T12:34:56Z');
const clock = virtualClock(NOW);

let market: DemoServer;
let proxy: RecordingProxy;
beforeEach(async () => {
  market = await startDemoServer({ clock, seed: 'proxy', record: true });
  proxy = await startProxy();
});
afterEach(async () => {
  await proxy.close();
  await market.close();
});

const request = (baseUrl: string, env: Environment) => {
  const { fetch } = environmentNetwork(env);
  return coinGeckoSource({ baseUrl, apiKey: null, plan: 'keyless', timeoutMs: 3_000, clock, fetch })
    .fetchPrices({ coins: ['bitcoin'], vsCurrency: 'usd' }, new AbortController().signal)
    .then(
      (batch) => batch.ticks.map(({ coinId }) => coinId),
      (error: Error) => error.message,
    );
};

describe('the proxy of the environment', () => {
  it('is used for prices over http', async () => {
    expect(await request(market.url, { HTTP_PROXY: proxy.url })).toEqual(['bitcoin']);
    expect(proxy.passed).toEqual([expect.stringMatching(/^GET http:\/\/127\.0\.0\.1:\d+\/simple\/price\?/)]);
    expect(market.requests()).toHaveLength(1);
  });

  it.each(['http_proxy', 'HTTP_PROXY'])('is read from %s, with or without a scheme', async (name) => {
    expect(await request(market.url, { [name]: proxy.url.replace('http://', '') })).toEqual(['bitcoin']);
    expect(proxy.passed).toHaveLength(1);
  });

  it('is bypassed for hosts in NO_PROXY, and not used without a variable', async () => {
    expect(await request(market.url, { HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' })).toEqual(['bitcoin']);
    expect(await request(market.url, {})).toEqual(['bitcoin']);
    expect(environmentNetwork({ HTTP_PROXY: ' ' }).fetch).toBe(globalThis.fetch);
    expect(proxy.passed).toEqual([]);
  });

  it('is named in the error when it is unreachable', async () => {
    const { url } = proxy;
    await proxy.close();
    expect(await request(market.url, { HTTP_PROXY: url })).toMatch(/cannot reach .*ECONNREFUSED/);
  });

  it('is rejected when it is not a URL, without revealing a possible password', () => {
    expect(() => environmentNetwork({ HTTPS_PROXY: 'socks5://me:secret@host' })).toThrow(
      /^HTTPS_PROXY is not the http:\/\/ or https:\/\/ URL of a proxy\.$/,
    );
  });

  it('tunnels https, and an untrusted certificate is reported as such', async () => {
    const tls = createTlsServer(SELF_SIGNED, (_request, response) => response.end('{}'));
    const url = `https://127.0.0.1:${await listen(tls)}`;
    const message =
      /^the certificate of 127\.0\.0\.1:\d+ is not trusted: self-signed certificate; if a proxy of your company inspects traffic, set NODE_EXTRA_CA_CERTS/;
    expect(await request(url, { HTTPS_PROXY: proxy.url })).toMatch(message);
    expect(proxy.passed).toEqual([url.replace('https://', 'CONNECT ')]);
    expect(await request(url, {})).toMatch(message);
    expect(await request(url, { HTTP_PROXY: proxy.url })).toMatch(message);
    expect(proxy.passed).toHaveLength(2);
    await closeServer(tls);
  });
});

describe('the program behind a proxy', () => {
  it('gets its prices through it', async () => {
    await withFolder(async (folder) => {
      const time = { speed: 1, origin: Date.now(), pollSeconds: 1 };
      const program = await startProgram({
        ...environmentFor(folder, market.url, time),
        HTTP_PROXY: proxy.url,
      });
      const page = await openPage(program.url);
      await until(async () => (await page.call('snapshot', {})).quotes.every(({ price }) => price !== null));
      page.close();
      await program.end('SIGTERM');
      const prices = market.requests().filter(({ endpoint }) => endpoint === '/simple/price');
      const passed = proxy.passed.filter((line) => line.includes('/simple/price'));
      expect(prices.length).toBeGreaterThan(0);
      expect(passed.length).toBe(prices.length);
    });
  });

  it('does not start when the proxy is not a URL, and names the variable', async () => {
    await withFolder(async (folder) => {
      const { code, stderr } = await runCli(['run', '--data-dir', folder], { HTTPS_PROXY: 'ftp://proxy' });
      expect([code, stderr]).toEqual([
        1,
        'crypto-price-monitor: HTTPS_PROXY is not the http:// or https:// URL of a proxy.\n',
      ]);
    });
  });
});
