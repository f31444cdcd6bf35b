import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createAccess } from './access.ts';

describe('hostIsOurs', () => {
  const isOurs = (port: number, host: string): boolean =>
    createAccess({ tokens: () => ['token'], port }).hostIsOurs({ headers: { host } } as IncomingMessage);

  it('accepts the names of this machine with its port, as browsers send them', () => {
    for (const host of ['127.0.0.1:8080', 'localhost:8080']) expect(isOurs(8_080, host)).toBe(true);
    for (const host of ['127.0.0.1', 'localhost:8081', 'evil.example:8080', ''])
      expect(isOurs(8_080, host)).toBe(false);
  });

  it('accepts them without the port if it is the default one, which browsers omit', () => {
    for (const host of ['127.0.0.1', 'localhost']) expect(isOurs(80, host)).toBe(true);
    expect(isOurs(80, 'evil.example')).toBe(false);
  });
});

describe('a public address', () => {
  const publicUrl = new URL('https://prices.example.com');
  const access = createAccess({ tokens: () => ['shared', 'own'], port: 8_080, publicUrl });
  const request = (headers: Record<string, string>): IncomingMessage => ({ headers }) as IncomingMessage;
  const host = 'prices.example.com';

  it('is accepted in addition to those of this machine, with its own origin', () => {
    expect(access.hostIsOurs(request({ host }))).toBe(true);
    expect(access.hostIsOurs(request({ host: '127.0.0.1:8080' }))).toBe(true);
    expect(access.hostIsOurs(request({ host: 'evil.example' }))).toBe(false);
    expect(access.originIsOurs(request({ host, origin: 'https://prices.example.com' }))).toBe(true);
    expect(access.originIsOurs(request({ host, origin: 'http://prices.example.com' }))).toBe(false);
    expect(access.originIsOurs(request({ host, origin: 'https://evil.example' }))).toBe(false);
    const local = { host: '127.0.0.1:8080', origin: 'http://127.0.0.1:8080' };
    expect(access.originIsOurs(request(local))).toBe(true);
  });

  it('has a cookie that every process behind it accepts, and that browsers send only over HTTPS', () => {
    const cookie = access.setCookie(request({ host }));
    expect(cookie).toMatch(/^monitor=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/; Secure$/);
    const sent = request({ host, cookie: cookie.split(';')[0] ?? '' });
    const another = createAccess({ tokens: () => ['own of another', 'shared'], port: 9_090, publicUrl });
    expect([access.hasCookie(sent), another.hasCookie(sent)]).toEqual([true, true]);
    const stranger = createAccess({ tokens: () => ['of a stranger'], port: 9_090, publicUrl });
    expect(stranger.hasCookie(sent)).toBe(false);
  });

  it('admits with each of the tokens', () => {
    const given = (token: string) => access.tokenInUrl(new URL(`http://localhost/?token=${token}`));
    expect([given('shared'), given('own'), given('other')]).toEqual(['right', 'right', 'wrong']);
  });
});
