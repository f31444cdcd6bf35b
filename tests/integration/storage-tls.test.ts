import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planConnection } from '../../electron/monitor/store/connection/connection-plan.ts';
import { findServer } from '../../electron/monitor/store/connection/find-server.ts';
import { databaseClient } from '../database-client.ts';
import { openPage, startProgram, until, withFolder } from '../program.ts';
import { type OwnPostgres, startOwnPostgres } from './own-postgres.ts';
import { hasPgbouncer, withPgbouncer } from './pgbouncer.ts';
import { SELF_SIGNED } from './self-signed.ts';
import { AUTHORITY, SIGNED } from './signed-certificates.ts';

const run = promisify(execFile);
const PSQL = ['/usr/bin/psql', '/usr/local/bin/psql', '/opt/homebrew/bin/psql'].find((path) =>
  existsSync(path),
);

let server: OwnPostgres;
let home: string;
let authority: string;

beforeAll(async () => {
  server = await startOwnPostgres();
  home = mkdtempSync(join(tmpdir(), 'storage-tls-'));
  authority = join(home, 'authority.crt');
  writeFileSync(authority, AUTHORITY);
});

afterAll(async () => {
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

const SERVERS = {
  'without TLS': null,
  'self-signed': SELF_SIGNED,
  trusted: SIGNED.localhost,
  'of another host': SIGNED.elsewhere,
} as const;

async function present(name: keyof typeof SERVERS, rules?: readonly string[]): Promise<void> {
  const certificate = SERVERS[name];
  if (certificate === null) return server.restart([], rules);
  const cert = await server.file('server.crt', certificate.cert);
  const key = await server.file('server.key', certificate.key);
  const ca = await server.file('clients.crt', AUTHORITY);
  await server.restart(
    ['ssl=on', `ssl_cert_file=${cert}`, `ssl_key_file=${key}`, `ssl_ca_file=${ca}`],
    rules,
  );
}

function urlWith(query: string): string {
  return `postgresql://ada:any@localhost:${server.port}/postgres?${query}`;
}

const IS_TLS = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()';

/** Connects like the program; resolves with "tls", "plain", or the reason of a failure. */
async function connect(url: string, env: Record<string, string> = {}): Promise<string> {
  try {
    const { config } = await findServer(
      planConnection(url, { HOME: home, ...env }),
      new AbortController().signal,
    );
    const client = databaseClient(config);
    await client.connect();
    try {
      const { rows } = await client.query<{ ssl: boolean }>(IS_TLS);
      return rows[0]?.ssl ? 'tls' : 'plain';
    } finally {
      await client.end();
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Does the same with psql. */
async function connectAsPsql(url: string): Promise<string> {
  if (PSQL === undefined) return '';
  try {
    const { stdout } = await run(PSQL, [url, '-AtXc', IS_TLS], {
      env: { HOME: home, PATH: process.env.PATH, LC_ALL: 'C' },
    });
    return stdout.trim() === 't' ? 'tls' : 'plain';
  } catch {
    return 'refused';
  }
}

const MODES = ['', 'disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
type Outcome = 'tls' | 'plain' | 'refused';

/** The outcomes according to libpq's table of modes. The default mode, `prefer`, comes first. */
const EXPECTED: Readonly<
  Record<keyof typeof SERVERS, { without: readonly Outcome[]; with: readonly Outcome[] }>
> = {
  'without TLS': {
    without: ['plain', 'plain', 'plain', 'plain', 'refused', 'refused', 'refused'],
    with: ['plain', 'plain', 'plain', 'plain', 'refused', 'refused', 'refused'],
  },
  'self-signed': {
    without: ['tls', 'plain', 'plain', 'tls', 'tls', 'refused', 'refused'],
    with: ['plain', 'plain', 'plain', 'plain', 'refused', 'refused', 'refused'],
  },
  trusted: {
    without: ['tls', 'plain', 'plain', 'tls', 'tls', 'refused', 'refused'],
    with: ['tls', 'plain', 'plain', 'tls', 'tls', 'tls', 'tls'],
  },
  'of another host': {
    without: ['tls', 'plain', 'plain', 'tls', 'tls', 'refused', 'refused'],
    with: ['tls', 'plain', 'plain', 'tls', 'tls', 'tls', 'refused'],
  },
};

describe.each(Object.keys(SERVERS) as (keyof typeof SERVERS)[])('sslmode with a server %s', (name) => {
  beforeAll(() => present(name));

  const outcomes = async (query: string, how: (url: string) => Promise<string>): Promise<Outcome[]> => {
    const found: Outcome[] = [];
    for (const mode of MODES) {
      const outcome = await how(urlWith([query, mode && `sslmode=${mode}`].filter(Boolean).join('&')));
      found.push(outcome === 'tls' || outcome === 'plain' ? outcome : 'refused');
    }
    return found;
  };

  it('works as in the documentation of libpq', async () => {
    expect(await outcomes('', connect)).toEqual(EXPECTED[name].without);
    expect(await outcomes(`sslrootcert=${authority}`, connect)).toEqual(EXPECTED[name].with);
  });

  it('works as in psql', async (context) => {
    if (PSQL === undefined) return context.skip('psql is not installed');
    expect(await outcomes('', connectAsPsql)).toEqual(EXPECTED[name].without);
    expect(await outcomes(`sslrootcert=${authority}`, connectAsPsql)).toEqual(EXPECTED[name].with);
  });
});

describe('a server that accepts only one kind of connection', () => {
  it.each([
    ['hostssl', 'allow', 'tls'],
    ['hostssl', 'prefer', 'tls'],
    ['hostnossl', 'allow', 'plain'],
    ['hostnossl', 'prefer', 'plain'],
  ])('(%s) and sslmode=%s: %s', async (rule, mode, outcome) => {
    await present('trusted', [`${rule} all all 127.0.0.1/32 trust`]);
    expect(await connect(urlWith(`sslmode=${mode}`))).toBe(outcome);
    if (PSQL !== undefined) expect(await connectAsPsql(urlWith(`sslmode=${mode}`))).toBe(outcome);
  });

  it('and whose pooler requires TLS can be reached with sslmode=allow', async (context) => {
    if (!hasPgbouncer) return context.skip('pgbouncer is not installed');
    await present('without TLS');
    await withPgbouncer(
      server.port,
      async (port) => {
        const url = `postgresql://ada:any@127.0.0.1:${port}/postgres?sslmode=allow`;
        // The server behind PgBouncer does not use TLS.
        expect(await connect(url)).toBe('plain');
        if (PSQL !== undefined) expect(await connectAsPsql(url)).toBe('plain');
      },
      SIGNED.localhost,
    );
  });
});

describe('certificates', () => {
  it('in ~/.postgresql/root.crt make require as strict as verify-ca', async () => {
    await present('self-signed');
    mkdirSync(join(home, '.postgresql'));
    writeFileSync(join(home, '.postgresql', 'root.crt'), AUTHORITY);
    try {
      expect(await connect(urlWith('sslmode=require'))).toContain('is not trusted');
      if (PSQL !== undefined) expect(await connectAsPsql(urlWith('sslmode=require'))).toBe('refused');
      await present('of another host');
      expect(await connect(urlWith('sslmode=require'))).toBe('tls');
      if (PSQL !== undefined) expect(await connectAsPsql(urlWith('sslmode=require'))).toBe('tls');
      expect(await connect(urlWith('sslmode=verify-full'))).toContain('use sslmode=verify-ca');
    } finally {
      rmSync(join(home, '.postgresql'), { recursive: true });
    }
  });

  it('of the client are presented, also from the environment, but not with a key that others can read', async () => {
    await present('trusted', ['hostssl all all 127.0.0.1/32 cert']);
    const [cert, key] = [join(home, 'client.crt'), join(home, 'client.key')];
    writeFileSync(cert, SIGNED.client.cert);
    writeFileSync(key, SIGNED.client.key, { mode: 0o600 });
    const shown = `sslmode=verify-full&sslrootcert=${authority}&sslcert=${cert}&sslkey=${key}`;
    expect(await connect(urlWith(shown))).toBe('tls');
    if (PSQL !== undefined) expect(await connectAsPsql(urlWith(shown))).toBe('tls');
    const variables = { PGSSLMODE: 'require', PGSSLCERT: cert, PGSSLKEY: key };
    expect(await connect(urlWith(''), variables)).toBe('tls');
    expect(await connect(urlWith('sslmode=require'))).toContain('refuses the user "ada"');
    expect(await connect(urlWith(`sslmode=require&sslcert=${cert}`))).toContain(
      'postgresql.key is not there',
    );
    if (process.platform === 'win32') return;
    chmodSync(key, 0o644);
    expect(await connect(urlWith(shown))).toContain(`Run: chmod 600 '${key}'`);
  });

  it('of the system store are always verified with the host name', async () => {
    expect(await connect(urlWith('sslrootcert=system&sslmode=require'))).toContain('Use sslmode=verify-full');
  });
});

describe('messages about TLS', () => {
  it('name the missing file and the solution', async () => {
    await present('without TLS');
    expect(await connect(urlWith('sslmode=require'))).toContain(
      'does not support TLS, which sslmode in the connection URL requires',
    );
    expect(await connect(urlWith('sslmode=verify-ca'))).toContain(`${join(home, '.postgresql', 'root.crt')}`);
    expect(await connect(urlWith(''), { PGSSLMODE: 'verify' })).toContain(
      'The variable PGSSLMODE has a value',
    );
    expect(await connect(urlWith('sslnegotiation=direct'))).toContain('needs sslmode=require');
  });

  it('results in a ready database, without output of Node on standard error', () =>
    withFolder(async (folder) => {
      await present('trusted');
      const program = await startProgram({
        MONITOR_DATA_DIR: folder,
        HOME: home,
        SSL_CERT_FILE: authority,
        DATABASE_URL: urlWith('sslrootcert=system'),
        COINGECKO_BASE_URL: 'http://127.0.0.1:1',
        MONITOR_EXCHANGES: 'none',
        MONITOR_LOG_LEVEL: 'error',
      });
      const page = await openPage(program.url);
      await until(async () => (await page.status()).database.status === 'ready');
      page.close();
      const { code, stderr } = await program.end('SIGTERM');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }));
});

describe('a URL of several hosts', () => {
  let other: OwnPostgres;

  beforeAll(async () => {
    other = await startOwnPostgres();
    await present('without TLS');
  });

  afterAll(() => other.close());

  const reached = async (query: string): Promise<number | string> => {
    const hosts = `127.0.0.1:1,127.0.0.1:${other.port},localhost:${server.port}`;
    try {
      const plan = planConnection(`postgresql://ada@${hosts}/postgres?${query}`, { HOME: home });
      return (await findServer(plan, new AbortController().signal)).target.port;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };

  it('connects to the first that responds, and with target_session_attrs to one of that kind', async () => {
    expect(await reached('')).toBe(other.port);
    await other.restart(['default_transaction_read_only=on']);
    expect(await reached('target_session_attrs=any')).toBe(other.port);
    expect(await reached('target_session_attrs=read-write')).toBe(server.port);
    expect(await reached('target_session_attrs=read-only')).toBe(other.port);
    expect(await reached('target_session_attrs=prefer-standby')).toBe(other.port);
    const refused = await reached('target_session_attrs=standby');
    expect(refused).toContain('No database server responds at 127.0.0.1, port 1.');
    expect(refused).toContain(`localhost, port ${server.port} is not standby`);
  });

  it('stops at a server that rejects the user', async () => {
    await other.restart([], ['host all all 127.0.0.1/32 reject']);
    expect(await reached('')).toContain(`127.0.0.1, port ${other.port} refuses the user "ada"`);
  });
});
