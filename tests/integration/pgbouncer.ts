import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverAccount } from '../../electron/monitor/store/postgres/server-account.ts';
import { servicePort } from '../counterparts/service-port.ts';

const PROGRAM = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer', '/opt/homebrew/bin/pgbouncer'].find((path) =>
  existsSync(path),
);

export const hasPgbouncer = PROGRAM !== undefined;

/**
 * Runs with a PgBouncer in front of a server, in transaction mode and otherwise with default settings.
 *
 * @param certificate if given, PgBouncer accepts only connections with TLS
 */
export async function withPgbouncer(
  serverPort: number,
  work: (port: number) => Promise<void>,
  certificate: { readonly cert: string; readonly key: string } | null = null,
): Promise<void> {
  if (PROGRAM === undefined) throw new Error('pgbouncer is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'pgbouncer-'));
  const account = await serverAccount([PROGRAM, join(folder, 'pgbouncer.ini')]);
  const port = await servicePort();
  const files = ['pgbouncer.ini', 'users.txt', 'server.crt', 'server.key'].map((name) => join(folder, name));
  const [settings = '', users = '', cert = '', key = ''] = files;
  writeFileSync(users, '"ada" "any"\n');
  writeFileSync(cert, certificate?.cert ?? '');
  writeFileSync(key, certificate?.key ?? '');
  const tls = `client_tls_sslmode = require\nclient_tls_cert_file = ${cert}\nclient_tls_key_file = ${key}\n`;
  writeFileSync(
    settings,
    `[databases]
* = host=127.0.0.1 port=${serverPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
pool_mode = transaction
${certificate === null ? '' : tls}`,
  );
  for (const path of [folder, ...files]) await account.own(path);
  const { file, args, ids } = account.command(PROGRAM, [settings]);
  const child = spawn(file, args, { ...ids, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'close');
  // Also after a test that was aborted.
  const endWithRunner = (): void => void child.kill('SIGTERM');
  process.once('exit', endWithRunner);
  try {
    let output = '';
    const up = new Promise<void>((resolve, reject) => {
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
        if (output.includes('process up')) resolve();
      });
      child.once('close', () => reject(new Error(`pgbouncer ended: ${output}`)));
    });
    await up;
    await work(port);
  } finally {
    child.kill('SIGTERM');
    await ended;
    process.off('exit', endWithRunner);
    rmSync(folder, { recursive: true, force: true });
  }
}
