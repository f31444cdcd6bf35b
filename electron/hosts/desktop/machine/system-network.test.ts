import type { Net, Session } from 'electron';
import { describe, expect, it } from 'vitest';
import { systemNetwork } from './system-network.ts';

const URL_REQUESTED = new URL('wss://ws.kraken.com:8443/');

describe("the system's network", () => {
  it('determines the proxy before each connection, and reports only the first proxy', async () => {
    const requested: string[] = [];
    let proxyList = 'DIRECT';
    let reports = 0;
    const { routesTo } = systemNetwork({
      net: { fetch: async () => new Response() } satisfies Pick<Net, 'fetch'>,
      session: {
        resolveProxy: async (url) => {
          requested.push(url);
          return proxyList;
        },
      } satisfies Pick<Session, 'resolveProxy'>,
      onProxy: () => {
        reports += 1;
      },
    });
    expect(await routesTo(URL_REQUESTED)).toEqual(['direct']);
    expect(reports).toBe(0);
    proxyList = 'PROXY office:3128';
    expect(await routesTo(URL_REQUESTED)).toEqual([new URL('http://office:3128')]);
    expect(await routesTo(URL_REQUESTED)).toHaveLength(1);
    expect(requested).toEqual(Array(3).fill(URL_REQUESTED.href));
    expect(reports).toBe(1);
  });

  it('accepts URL objects, which Electron does not, and never uses the cache', async () => {
    const fetched: unknown[] = [];
    const { fetch } = systemNetwork({
      net: {
        fetch: async (input, init) => {
          fetched.push([input, init]);
          return new Response();
        },
      } satisfies Pick<Net, 'fetch'>,
      session: { resolveProxy: async () => 'DIRECT' } satisfies Pick<Session, 'resolveProxy'>,
      onProxy: () => undefined,
    });
    await fetch(new URL('https://api.example/ping'), { method: 'HEAD' });
    expect(fetched).toEqual([['https://api.example/ping', { method: 'HEAD', cache: 'no-store' }]]);
  });
});
