import { describe, expect, it } from 'vitest';
import { routesOf } from './proxy-list.ts';

const urlsOf = (proxyList: string): readonly string[] => routesOf(proxyList).map(String);

describe("the system's proxy list", () => {
  it('is parsed in order, with the kind of each proxy', () => {
    expect(
      urlsOf(
        'PROXY office:3128; HTTPS safe:8443;SOCKS5 [::1]:1080 ; SOCKS old:1080; PROXY [fe80::1]:80; DIRECT',
      ),
    ).toEqual([
      'http://office:3128/',
      'https://safe:8443/',
      'socks5://[::1]:1080',
      'socks4://old:1080',
      'http://[fe80::1]/',
      'direct',
    ]);
    expect(urlsOf('DIRECT')).toEqual(['direct']);
  });

  it('omits unusable proxies, and never falls back to a direct connection', () => {
    expect(urlsOf('QUIC fast:443; PROXY office:3128')).toEqual(['http://office:3128/']);
    expect(() => routesOf('QUIC fast:443')).toThrow(
      "the system's proxy is of a kind that cannot be used: QUIC fast:443",
    );
    expect(() => routesOf(' ')).toThrow("the system's proxy cannot be determined");
    expect(() => routesOf('PROXY')).toThrow('cannot be used');
  });
});
