import fc from 'fast-check';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { bindSecret, readBoundSecret } from './bound-secret.ts';
import { hidePassword, joinPassword, openDatabasePassword, splitPassword } from './database-password.ts';
import type { SecretStore } from './secret-store.ts';

describe('splitPassword and joinPassword', () => {
  it('are inverse for every password before the host', () => {
    const word = fc.stringMatching(/^[a-z0-9_.-]{1,12}$/);
    const password = fc.string({ minLength: 1 }).map(encodeURIComponent);
    fc.assert(
      fc.property(word, password, word, word, (user, secret, host, database) => {
        const url = `postgresql://${user}:${secret}@${host}:5432/${database}?sslmode=require`;
        const split = splitPassword(url);
        expect(split).toEqual({
          url: `postgresql://${user}@${host}:5432/${database}?sslmode=require`,
          password: secret,
        });
        expect(joinPassword(split)).toBe(url);
      }),
    );
  });

  it('leave a URL without a password as it is', () => {
    for (const url of ['', 'postgresql://db/prices', 'postgres://me@db:5433/prices?sslmode=require']) {
      expect(splitPassword(url)).toEqual({ url, password: null });
      expect(joinPassword({ url, password: null })).toBe(url);
    }
  });

  it('extract the whole password with an unescaped @', () => {
    expect(splitPassword('postgresql://me:p@ss@db/prices')).toEqual({
      url: 'postgresql://me@db/prices',
      password: 'p%40ss',
    });
  });

  it.each(['p#ss', 'p?ss', 'p@ss', 'p:ss', 'p?s=s&a=b'])(
    'extract the whole unescaped password %s',
    (typed) => {
      expect(splitPassword(`postgresql://me:${typed}@db/prices`)).toEqual({
        url: 'postgresql://me@db/prices',
        password: encodeURIComponent(typed),
      });
    },
  );

  it.each([
    ['postgresql://db/prices?password=secret', 'postgresql://db/prices'],
    ['postgresql://db/prices?password=secret&sslmode=no-verify', 'postgresql://db/prices?sslmode=no-verify'],
    [
      'postgresql://me@db/prices?sslmode=no-verify&password=s%20t',
      'postgresql://me@db/prices?sslmode=no-verify',
    ],
  ])('extract the password from the query of %s, and connect with it', (url, bare) => {
    const split = splitPassword(url);
    expect(split.url).toBe(bare);
    const [before, after] = [url, joinPassword(split)].map((connectionString) => {
      const { host, database, password } = new Client({ connectionString });
      return { host, database, password };
    });
    expect(after).toEqual(before);
  });
});

describe('hidePassword', () => {
  it.each([
    ['', ''],
    ['postgresql://me@db/prices', 'postgresql://me@db/prices'],
    ['postgresql://me:hush@db/prices', 'postgresql://me:***@db/prices'],
    ['postgresql://me:hu#sh@db/prices', 'postgresql://me:***@db/prices'],
    ['postgresql://me:hu?sh@db/prices', 'postgresql://me:***@db/prices'],
    ['postgresql://me:hu@sh@db/prices', 'postgresql://me:***@db/prices'],
    ['postgresql://db/prices?password=hush', 'postgresql://:***@db/prices'],
    ['postgresql://me:hu/sh@db/prices', 'postgresql://***'],
    ['postgresql://me:1/hush@db/prices', 'postgresql://***'],
    ['postgresql://me:hush%@db/prices', 'postgresql://***'],
    ['me:hush@db/prices', 'postgresql://***'],
  ])('shows %s as %s', (url, shown) => {
    expect(hidePassword(url)).toBe(shown);
  });
});

describe("the password of the user's own database", () => {
  const memoryStore = (response: 'kept' | 'refused', ...[first]: string[]) => {
    let secret: string | null = first ?? null;
    const store: SecretStore = {
      get: async () => secret,
      set: async (_, value) => {
        if (response === 'kept') secret = value;
        return response;
      },
      remove: async () => {
        secret = null;
      },
    };
    return { store, secret: () => secret };
  };

  it('is stored in the secret store, and the settings contain the URL without it', async () => {
    const { store, secret } = memoryStore('kept');
    const password = await openDatabasePassword(store);
    expect(await password.keep('postgresql://me:hush@db/prices')).toBe('postgresql://me@db/prices');
    expect(readBoundSecret(secret() ?? '')).toEqual({ secret: 'hush', target: 'db:5432' });
    expect(password.shown('postgresql://me@db/prices')).toBe('postgresql://me:***@db/prices');
    expect(password.complete('postgresql://me@db/prices')).toBe('postgresql://me:hush@db/prices');
  });

  it('is kept when the user changes another part of the displayed URL', async () => {
    const { store } = memoryStore('kept', bindSecret('hush', 'db:5432'));
    const password = await openDatabasePassword(store);
    expect(await password.keep('postgresql://me:***@db/prices2')).toBe('postgresql://me@db/prices2');
    expect(password.complete('postgresql://me@db/prices2')).toBe('postgresql://me:hush@db/prices2');
  });

  it('is neither used nor shown for another server than the one it was stored for', async () => {
    const { store } = memoryStore('kept', bindSecret('hush', 'db:5432'));
    const password = await openDatabasePassword(store);
    for (const url of ['postgresql://me@db2/prices', 'postgresql://me@db/prices?sslmode=disable']) {
      expect(password.complete(url)).toBe(url);
      expect(password.shown(url)).toBe(url);
      expect(password.withheldFor(url)).toBe('db:5432');
    }
    expect(password.withheldFor('postgresql://me@db/prices')).toBeNull();
    expect(password.withheldFor('postgresql://me:other@db2/prices')).toBeNull();
    expect(password.withheldFor('')).toBeNull();
  });

  it('of an earlier version, which stored no server with it, is still used', async () => {
    const { store } = memoryStore('kept', 'hush');
    const password = await openDatabasePassword(store);
    expect(password.complete('postgresql://me@db/prices')).toBe('postgresql://me:hush@db/prices');
    expect(password.withheldFor('postgresql://me@db/prices')).toBeNull();
  });

  it('is deleted when the user returns to the embedded database or removes it from the URL', async () => {
    for (const url of ['', 'postgresql://me@db/prices']) {
      const { store, secret } = memoryStore('kept', 'hush');
      const password = await openDatabasePassword(store);
      expect(await password.keep(url)).toBe(url);
      expect(secret()).toBeNull();
      expect(password.shown(url)).toBe(url);
      expect(password.complete(url)).toBe(url);
    }
  });

  it('changes nothing when the user declines to store it, and the message says what to do instead', async () => {
    const { store } = memoryStore('refused', 'old');
    const password = await openDatabasePassword(store);
    await expect(password.keep('postgresql://me:hush@db/prices')).rejects.toThrow('DATABASE_URL_FILE');
    expect(password.complete('postgresql://me@db/prices')).toBe('postgresql://me:old@db/prices');
  });

  it('does not override one in the settings file', async () => {
    const { store } = memoryStore('kept', 'old');
    const password = await openDatabasePassword(store);
    expect(password.complete('postgresql://me:new@db/prices')).toBe('postgresql://me:new@db/prices');
  });

  it('does not exist for the embedded database', async () => {
    const { store } = memoryStore('kept', 'old');
    const password = await openDatabasePassword(store);
    expect(password.complete('')).toBe('');
    expect(password.shown('')).toBe('');
  });
});
