import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../files/package-root.ts';
import { foldLater } from './fold-later.ts';
import { loadMigrations } from './migrate.ts';

it('leaves out one statement of migration 12, and keeps the checksum of its file', async () => {
  const file = (await readFile(join(packageRoot(), 'sql', '0012_history_folds.sql'), 'utf8')).replaceAll(
    '\r\n',
    '\n',
  );
  const migration = (await loadMigrations()).find(({ version }) => version === 12);
  expect(migration?.checksum).toBe(createHash('sha256').update(file).digest('hex'));
  const [before = '', after = ''] = file.split(/^-- What is there already.*?^end \$\$;\n/ms);
  const sql = migration?.sql ?? '';
  expect(sql.startsWith(before)).toBe(true);
  expect(sql.endsWith(after)).toBe(true);
  expect(after).toMatch(/^\n-- Whoever is allowed to read/);
  expect(sql.slice(before.length, sql.length - after.length).trim()).toMatch(/^insert into moving [^;]*;$/);
});

it('does not accept another text', () => {
  expect(() => foldLater('select 1;')).toThrow('does not fold');
});
