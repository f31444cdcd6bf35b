import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionUrlError, formatConnectionUrl, parseConnectionUrl } from './connection-url.ts';

const read = (text: string) => {
  const { user, password, hosts, database, parameters } = parseConnectionUrl(text);
  const places = hosts.map(({ host, port }) => `${host} ${port ?? '-'}`);
  return { user, password, places, database, parameters: { ...parameters } };
};
const refusal = (text: string): string => {
  try {
    parseConnectionUrl(text);
  } catch (error) {
    if (error instanceof ConnectionUrlError) return error.message;
    throw error;
  }
  return '';
};

describe('a connection URL', () => {
  it.each([
    ['postgresql://', { places: [' -'] }],
    ['postgresql://db', { places: ['db -'] }],
    ['postgresql://db:5433/prices', { places: ['db 5433'], database: 'prices' }],
    ['postgresql://me@db/my%20prices', { user: 'me', places: ['db -'], database: 'my prices' }],
    ['postgres://me:a%2Fb%23c@[::1]:1/', { user: 'me', password: 'a/b#c', places: ['::1 1'] }],
    ['postgresql://%2Frun%2Fpg/prices', { places: ['/run/pg -'], database: 'prices' }],
    [
      'postgresql:///prices?host=/run/pg&port=5433',
      { places: ['/run/pg 5433'], database: 'prices', parameters: {} },
    ],
    ['postgresql://a,b:6000,c/prices', { places: ['a -', 'b 6000', 'c -'], database: 'prices' }],
    ['postgresql:///?host=a,b&port=1,2', { places: ['a 1', 'b 2'] }],
    ['postgresql:///?host=a,b&port=3', { places: ['a 3', 'b 3'] }],
    ['postgresql://db/x?user=me&password=p%26q&dbname=y', { user: 'me', password: 'p&q', database: 'y' }],
    [
      'postgresql://db/?sslmode=require&connect_timeout=3',
      { parameters: { sslmode: 'require', connect_timeout: '3' } },
    ],
  ])('%s is read as libpq reads it', (text, parts) => {
    expect(read(text)).toMatchObject(parts);
  });

  it.each([
    ['postgresql://me:a#b@db/prices', 'a#b'],
    ['postgresql://me:a?b@db/prices', 'a?b'],
    ['postgresql://me:a@b@db/prices', 'a@b'],
    ['postgresql://me:a:b@db/prices', 'a:b'],
    ['postgresql://me:a=?&b@db', 'a=?&b'],
  ])('%s contains the whole unescaped password', (text, password) => {
    expect(read(text)).toMatchObject({ user: 'me', password, places: ['db -'] });
  });

  it.each([
    ['localhost:5432', 'must start with postgresql://'],
    ['postgresql://me:hush/hash@db/prices', 'In the password, write "/" as %2F'],
    ['postgresql://me:1234/hush@db/prices', 'In the password, write "/" as %2F'],
    ['postgresql://me:12/34?hush=hash@db', 'write "/" as %2F, "?" as %3F'],
    ['postgresql://me:12/34?hush@db', 'write "/" as %2F, "?" as %3F'],
    ['postgresql://me:hush%hash@db', 'write it as %25'],
    ['postgresql://me@db:hush/prices', 'port that is not a number'],
    ['postgresql://db:0/prices', 'port that is not a number'],
    ['postgresql://me@[::1/prices', '"["'],
    ['postgresql://a b/prices', 'no host name has'],
    ['postgresql:///?host=a,b&port=1,2,3', 'a different number of ports'],
    ['postgresql://db/?hush', 'without "="'],
    ['postgresql://db/?sslmod=require', 'the parameter "sslmod"'],
    ['postgresql://db/?toString=1', 'the parameter "toString"'],
    ['postgresql://db/?sslmode=hush', 'disable, allow, prefer, require, verify-ca, verify-full'],
    ['postgresql://db/?sslpassword=hush', 'the parameter "sslpassword"'],
  ])('%s is rejected with what to write instead, without quoting the URL', (text, words) => {
    expect(refusal(text)).toContain(words);
    expect(refusal(text)).not.toMatch(/hush|hash|34\?/);
  });

  it('is parsed back to the parts that it was formatted from', () => {
    const word = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
    const host = fc.stringMatching(/^[a-z0-9.-]{1,12}$/);
    const place = fc.record({ host, port: fc.option(fc.integer({ min: 1, max: 65_535 })) });
    fc.assert(
      fc.property(
        fc.record({
          scheme: fc.constantFrom('postgresql', 'postgres'),
          user: fc.option(word),
          password: fc.option(word),
          hosts: fc.oneof(
            fc.array(place, { minLength: 1, maxLength: 3 }),
            fc.constantFrom([{ host: '/run/a b', port: null }], [{ host: '/run', port: 1 }]),
          ),
          database: fc.option(word),
          parameters: fc.dictionary(fc.constantFrom('options', 'sslrootcert'), word),
        }),
        (url) => {
          expect(parseConnectionUrl(formatConnectionUrl(url))).toEqual(url);
        },
      ),
    );
  });

  it('with any password, escaped or not, is parsed, or is rejected without revealing it', () => {
    const piece = fc.constantFrom('hush', '/', '?', '#', '@', ':', '&', '=', '%', ',', ' ', '[', '1');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const password = ['hush', ...pieces].join('');
        const text = `postgresql://me:${password}@db.example/prices?sslmode=require`;
        let url: ReturnType<typeof parseConnectionUrl>;
        try {
          url = parseConnectionUrl(text);
        } catch (error) {
          expect(String(error)).not.toContain('hush');
          return;
        }
        expect(url).toMatchObject({
          // `%11` is always read as an escape.
          password: decodeURIComponent(password),
          hosts: [{ host: 'db.example', port: null }],
          database: 'prices',
        });
      }),
    );
  });
});
