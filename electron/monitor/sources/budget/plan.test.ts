import { describe, expect, it } from 'vitest';
import { defaultBaseUrl, limitsOf, planOf } from './plan.ts';

describe('the plan', () => {
  it('is keyless without a key, for any host', () => {
    expect(planOf(null, null)).toBe('keyless');
    expect(planOf(null, 'https://pro-api.coingecko.com/api/v3')).toBe('keyless');
  });

  it('is demo with a key, and pro with a key on the paid host', () => {
    expect(planOf('CG-key', null)).toBe('demo');
    expect(planOf('CG-key', 'http://127.0.0.1:8080')).toBe('demo');
    expect(planOf('CG-key', 'https://pro-api.coingecko.com/api/v3')).toBe('pro');
  });

  it('does not match the paid host in a path or as a prefix', () => {
    expect(planOf('CG-key', 'http://localhost/pro-api.coingecko.com')).toBe('demo');
    expect(planOf('CG-key', 'https://pro-api.coingecko.com.example.org')).toBe('demo');
  });

  it('has the base URL of the host that accepts its key', () => {
    expect(defaultBaseUrl('keyless')).toBe('https://api.coingecko.com/api/v3');
    expect(defaultBaseUrl('demo')).toBe('https://api.coingecko.com/api/v3');
    expect(planOf('CG-key', defaultBaseUrl('pro'))).toBe('pro');
  });

  it('limits a key for any host, and no third-party server without a key', () => {
    expect(limitsOf('demo', 'http://127.0.0.1:8080')).toEqual(limitsOf('demo', defaultBaseUrl('demo')));
    expect(limitsOf('keyless', defaultBaseUrl('keyless')).perMinute).toBe(5);
    expect(limitsOf('keyless', 'http://127.0.0.1:8080')).toEqual({
      perMinute: null,
      perMonth: null,
      cacheSeconds: 0,
    });
    expect(limitsOf('keyless', 'https://coingecko.com.example.org').perMinute).toBeNull();
  });
});
