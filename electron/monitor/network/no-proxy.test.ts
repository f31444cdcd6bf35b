import { describe, expect, it } from 'vitest';
import { isExempt } from './no-proxy.ts';

const isExemptFrom = (noProxy: string, url: string): boolean => isExempt(noProxy, new URL(url));

describe('NO_PROXY', () => {
  it.each([
    ['kraken.com', 'wss://kraken.com/v2'],
    ['kraken.com', 'wss://ws.kraken.com/v2'],
    ['.kraken.com', 'wss://kraken.com'],
    ['*.kraken.com', 'wss://ws.kraken.com'],
    ['KRAKEN.com.', 'https://ws.kraken.com./'],
    ['a.example,\tb.example kraken.com', 'wss://ws.kraken.com'],
    ['kraken.com:443', 'wss://ws.kraken.com'],
    ['kraken.com:80', 'ws://ws.kraken.com'],
    ['127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['::1', 'http://[::1]:8080'],
    ['[::1]:8080', 'http://[::1]:8080'],
    ['none.example, *', 'https://kraken.com'],
    ['*:443', 'https://kraken.com'],
  ])('%s exempts %s', (noProxy, url) => expect(isExemptFrom(noProxy, url)).toBe(true));

  it.each([
    ['', 'https://kraken.com'],
    [' , ', 'https://kraken.com'],
    ['kraken.com', 'https://notkraken.com'],
    ['ws.kraken.com', 'https://kraken.com'],
    ['*.kraken.com', 'https://kraken.com'],
    ['kraken.com:8443', 'wss://kraken.com'],
    ['[::1]:8080', 'http://[::1]:9090'],
    ['*:80', 'https://kraken.com'],
  ])('%j does not exempt %s', (noProxy, url) => expect(isExemptFrom(noProxy, url)).toBe(false));
});
