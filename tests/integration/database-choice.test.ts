import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../electron/commands/command-line.ts';
import { runCli, withFolder } from '../program.ts';

const PERIOD = ['--from', '2026-01-01', '--to', '2026-01-02'];
const COIN = ['--coin', 'bitcoin'];
const RULE = '{"kind":"level","params":{"level":1}}';
const SOLVED = ['--param', 'level', '--per-week', '1'];

/** An example of each command that opens the database. `FOLDER` stands for the data folder. */
const USES: ReadonlyMap<string, readonly string[]> = new Map([
  ['backtest', ['--rule', RULE, ...COIN, ...PERIOD]],
  ['rules test', ['moving-average', ...COIN, ...PERIOD]],
  ['rules solve', [RULE, ...SOLVED, ...COIN, ...PERIOD]],
  ['export', ['ticks', ...COIN]],
  ['import', ['ticks', 'FOLDER/prices.csv', ...COIN]],
  ['migrate', []],
  ['archive list', []],
  ['archive run', ['--archive-url', 'FOLDER/archive']],
  ['archive verify', []],
  ['archive restore', []],
  ['archive adopt', ['--archive-url', 'FOLDER/archive']],
  ['archive prune', ['--before', '2026-01-01']],
  ['lake', ['duckdb', '--archive-url', 'FOLDER/archive']],
  ['backup', ['FOLDER/backup.tar']],
  ['verify', PERIOD],
]);

/** Not tested here: `run` does not exit, `database-url` opens no database, and `restore` first reads its backup (backup.test.ts). */
const OTHERS = ['run', 'database-url', 'restore'];

describe('the database of a command', () => {
  it('is tested for each command that uses one', async () => {
    const withDatabase = leaves(await createProgram()).filter(({ command }) =>
      command.options.some(({ long }) => long === '--database-url'),
    );
    expect(withDatabase.map(({ name }) => name).sort()).toEqual([...USES.keys(), ...OTHERS].sort());
  });

  it.each([...USES])('is that of settings.json for %s, even if there is an embedded one', (name, args) =>
    withFolder(async (folder) => {
      await withRefusingServer(async (databaseUrl) => {
        writeFileSync(join(folder, 'settings.json'), JSON.stringify({ databaseUrl }));
        writeFileSync(join(folder, 'prices.csv'), 'time,price\n2026-01-01T00:00:00Z,100\n');
        mkdirSync(join(folder, 'postgres'));
        mkdirSync(join(folder, 'archive'));
        const given = args.map((arg) => arg.replace('FOLDER', folder));
        const env = { MONITOR_DATA_DIR: folder };
        const { code, stderr } = await runCli([...name.split(' '), ...given], env);
        // Only the reason: no line of the log, and no stack trace.
        expect({ code, stderr }).toEqual({
          code: 1,
          stderr: expect.stringMatching(new RegExp(`^crypto-price-monitor: [^\\n]*${REFUSED}[^\\n]*\\n$`)),
        });
      });
    }),
  );

  it('is that of settings.json for database-url, which prints no URL of an embedded one then', () =>
    withFolder(async (folder) => {
      const databaseUrl = 'postgresql://me:planted@db.example/prices';
      writeFileSync(join(folder, 'settings.json'), JSON.stringify({ databaseUrl }));
      const finished = await runCli(['database-url', '--data-dir', folder]);
      expect(finished).toMatchObject({ code: 1, stdout: '' });
      expect(finished.stderr).toContain('postgresql://me:***@db.example/prices');
      expect(finished.stderr).not.toContain('planted');
      const embedded = await runCli(['database-url', '--data-dir', folder, '--database-url', '']);
      expect(embedded.stderr).toContain(join(folder, 'postgres'));
    }));

  it('is that of the flag, then of the variable, then of settings.json', () =>
    withFolder(async (folder) => {
      writeFileSync(join(folder, 'settings.json'), '{"databaseUrl":"postgresql://me@127.0.0.1:1/file"}');
      await withRefusingServer(async (url) => {
        const env = { MONITOR_DATA_DIR: folder, DATABASE_URL: 'postgresql://me@127.0.0.1:1/variable' };
        expect((await runCli(['migrate', '--database-url', url], env)).stderr).toContain(REFUSED);
        expect((await runCli(['migrate'], { ...env, DATABASE_URL: url })).stderr).toContain(REFUSED);
        const { stderr } = await runCli(['migrate', '--database-url', ''], env);
        expect(stderr).toContain(join(folder, 'postgres'));
      });
    }));
});

const REFUSED = 'refused by the server of the test';

/** Runs with a server that refuses each client with the message above, like a PostgreSQL server. */
async function withRefusingServer(work: (url: string) => Promise<void>): Promise<void> {
  const fields = `SFATAL\0VFATAL\0C28000\0M${REFUSED}\0\0`;
  const head = Buffer.from('E\0\0\0\0');
  head.writeInt32BE(4 + fields.length, 1);
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(Buffer.concat([head, Buffer.from(fields)])));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await work(`postgresql://me@127.0.0.1:${(server.address() as AddressInfo).port}/prices?sslmode=disable`);
  } finally {
    server.close();
  }
}

/** The commands without subcommands, by the words that name them. */
function leaves(command: Command, words: readonly string[] = []): { name: string; command: Command }[] {
  const own = { name: words.join(' '), command };
  return [own, ...command.commands.flatMap((sub) => leaves(sub, [...words, sub.name()]))];
}
