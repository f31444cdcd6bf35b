import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import { JANUARY } from '../../../../tests/integration/archive-fixture.ts';
import { archivePath } from '../archive/archive-path.ts';
import { ARCHIVED_CANDLES, ARCHIVED_TICKS } from '../archive/archived-table.ts';
import { athenaSql } from './athena-sql.ts';
import { duckdbSql } from './duckdb-sql.ts';
import type { LakeArchive } from './lake-archive.ts';
import { redshiftSql } from './redshift-sql.ts';

const month = { ...JANUARY, name: '' };

function s3Archive(prefix: string, coinIds: readonly string[]): LakeArchive {
  const files = [ARCHIVED_TICKS, ARCHIVED_CANDLES].flatMap((table) =>
    coinIds.map((coinId) => ({
      relation: table.partitioned.name,
      path: archivePath(table, { coinId, vsCurrency: 'usd', source: 'kraken' }, month, 1),
    })),
  );
  return { place: { kind: 's3', bucket: 'prices', prefix, options: {} }, files };
}

/** Removes string literals and quoted names from SQL; fails if one is not terminated. */
function withoutQuoted(sql: string): string {
  const rest = sql
    .replace(/'(?:[^']|'')*'/g, '?')
    .replace(/"(?:[^"]|"")*"/g, 'n')
    .replace(/`(?:[^`]|``)*`/g, 'n');
  expect(rest).not.toMatch(/['"`]/);
  return rest;
}

describe('SQL for the archive', () => {
  it('has the columns of the files and partition projection for Athena', () => {
    const [, , ticks, , minutes] = athenaSql(s3Archive('monitor/', ['bitcoin', 'zcash']), 'lake') ?? [];
    const columns = (ddl = '') =>
      [...(ddl.match(/\(\n([\s\S]*?)\n\)\npartitioned/)?.[1] ?? '').matchAll(/`(\w+)` (\w+)/g)].map(
        ([, name, type]) => [name, type],
      );
    const types = { timestamp: 'timestamp', double: 'double', integer: 'int' };
    for (const [ddl, { schema }] of [
      [ticks, ARCHIVED_TICKS],
      [minutes, ARCHIVED_CANDLES],
    ] as const)
      expect(columns(ddl)).toEqual(schema.map(({ name, type }) => [name, types[type]]));
    expect(ticks).toContain("location 's3://prices/monitor/ticks/'");
    const properties = Object.fromEntries(
      [...(ticks ?? '').matchAll(/'([\w.]+)' = '([^']*)'/g)].map(([, key, value]) => [key, value]),
    );
    expect(properties).toMatchObject({
      'projection.enabled': 'true',
      'projection.coin_id.type': 'enum',
      'projection.coin_id.values': 'bitcoin,zcash',
      'projection.month.range': '2026-01,NOW',
      'storage.location.template':
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Athena fills it in.
        's3://prices/monitor/ticks/source=${source}/coin_id=${coin_id}/vs_currency=${vs_currency}/month=${month}/',
    });
    const many = s3Archive(
      '',
      Array.from({ length: 201 }, (_, index) => `coin-${index}`),
    );
    expect(athenaSql(many, 'lake')?.[2]).toContain("'projection.coin_id.type' = 'injected'");
  });

  it('copies each series into Redshift with the columns from its folder names', () => {
    const sql = redshiftSql(s3Archive('monitor/', ["o'coin"]), { schema: 'lake', iamRole: null }) ?? [];
    const at = sql.findIndex((one) => String(one).startsWith('copy'));
    expect(sql[at]).toBe(
      `copy "lake"."ticks_of_a_series" from 's3://prices/monitor/ticks/source=kraken/coin_id=o''coin/vs_currency=usd/' iam_role default format parquet`,
    );
    expect(sql[at + 1]).toContain(`select 'kraken', 'o''coin', 'usd', "observed_at", "price"`);
    expect(sql[at - 1]).toBe('truncate "lake"."ticks_of_a_series"');
  });

  it('replaces the ticks in Redshift after all series are loaded', () => {
    const sql =
      redshiftSql(s3Archive('', ['bitcoin', 'zcash']), {
        schema: 'lake',
        iamRole: 'arn:aws:iam::1:role/r',
      }) ?? [];
    expect(
      sql
        .map(String)
        .filter((one) => one.startsWith('copy'))
        .every((one) => one.includes("iam_role 'arn:aws:iam::1:role/r'")),
    ).toBe(true);
    // Together, so that no query finds neither.
    expect(sql.at(-1)).toEqual([
      'drop table if exists "lake"."ticks"',
      'alter table "lake"."ticks_loading" rename to "ticks"',
    ]);
  });

  it('adds no more partitions in one statement than Redshift accepts', () => {
    const coins = Array.from({ length: 230 }, (_, index) => `coin-${index}`);
    const sql = redshiftSql(s3Archive('', coins), { schema: 'lake', iamRole: null }) ?? [];
    const counts = sql
      .map(String)
      .filter((one) => one.startsWith('alter table "lake_files"."ticks"'))
      .map((one) => one.split('\npartition').length - 1);
    expect(counts).toEqual([50, 50, 50, 50, 30]);
  });

  it('has views for Athena and Redshift that use the last part and compute days like the program', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    try {
      const columns = `source varchar, coin_id varchar, vs_currency varchar, month varchar, bucket timestamp, open double,
        open_at timestamp, high double, low double, close double, close_at timestamp, tick_count integer, volume_24h double,
        traded double, "$path" varchar`;
      const at = (time: string) => `timestamp '2026-01-02 ${time}'`;
      const row = (time: string, price: number, traded: number | null, part: number) =>
        `('kraken', 'bitcoin', 'usd', '2026-01', ${at(time)}, ${price}, ${at(time)}, ${price + 1}, ${price - 1}, ${price}, ${at(time)}, 2, null, ${traded}, 'part-000${part}.parquet')`;
      await connection.run(`create schema lake; create schema lake_files;
        create table lake_files.candles_1m_parts (${columns});
        insert into lake_files.candles_1m_parts values ${[
          row('00:00', 10, 1, 1),
          row('00:00', 20, 3, 2),
          row('00:01', 99, null, 1),
          row('00:02', 30, 4, 1),
        ].join(', ')};
        create view lake.candles_1m_parts as from lake_files.candles_1m_parts`);
      const athena = (athenaSql(s3Archive('', ['bitcoin']), 'lake') ?? [])
        .filter((one) => one.startsWith('create or replace view'))
        // Like the function of Athena, this one returns nulls.
        .map((one) => one.replace('max_by(volume_24h', 'arg_max_null(volume_24h'));
      expect(athena).toHaveLength(2);
      for (const view of athena) await connection.run(view);
      const days = await connection.runAndReadAll(
        'select day::varchar, open, high, low, close, tick_count::integer, volume_24h, traded from lake.candles_1d',
      );
      // The polled price at 00:01 contributes only to the count, because there are trades.
      expect(days.getRows()).toEqual([['2026-01-02', 20, 31, 19, 30, 6, null, 7]]);
      const [redshift = ''] = (
        redshiftSql(s3Archive('', ['bitcoin']), { schema: 'lake', iamRole: null }) ?? []
      )
        .map(String)
        .filter((one) => one.startsWith('create or replace view'));
      await connection.run(redshift.replace('with no schema binding', ''));
      const minutes = await connection.runAndReadAll('select open from lake.candles_1m order by bucket');
      expect(minutes.getRows()).toEqual([[20], [99], [30]]);
    } finally {
      connection.closeSync();
      instance.closeSync();
    }
  });

  it('counts a tick once that may be in two parts of a month', () => {
    const { place, files } = s3Archive('', ['bitcoin']);
    const ticks = (given: LakeArchive) =>
      duckdbSql(given, 's3://prices')?.views.find((one) => one.includes('view archived_ticks'));
    expect(ticks({ place, files })).not.toContain('distinct');
    const second = files.map((file) => ({ ...file, path: file.path.replace('part-0001', 'part-0002') }));
    expect(ticks({ place, files: [...files, ...second] })).toContain(
      'distinct on (source, coin_id, vs_currency, observed_at)',
    );
  });

  it('quotes any name of a folder or place, or refuses it', () => {
    const characters = fc.constantFrom("'", '"', '`', ' ', 'a', ';', '-', '\\', 'ü');
    const name = fc.string({ unit: characters, minLength: 1 });
    fc.assert(
      fc.property(name, name, (prefix, coinId) => {
        const given = s3Archive(`${prefix}/`, [coinId]);
        for (const statements of [
          (archive: LakeArchive) => athenaSql(archive, 'lake'),
          (archive: LakeArchive) => redshiftSql(archive, { schema: 'lake', iamRole: null }),
          (archive: LakeArchive) => duckdbSql(archive, 's3://prices')?.views ?? [],
        ]) {
          const shape = (archive: LakeArchive) => (statements(archive) ?? []).flat().map(withoutQuoted);
          const isRefused = refuses(() => statements(given));
          if (isRefused) expect(prefix + encodeURIComponent(coinId) + coinId).toMatch(/['\\]/);
          else expect(shape(given)).toEqual(shape(s3Archive('x/', ['x'])));
        }
      }),
    );
  });
});

function refuses(work: () => unknown): boolean {
  try {
    work();
    return false;
  } catch (error) {
    if (error instanceof MessageError) return true;
    throw error;
  }
}
