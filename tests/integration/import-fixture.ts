import { Readable, Writable } from 'node:stream';
import { DuckDBInstance } from '@duckdb/node-api';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import { createOpenedTargets } from '../../electron/monitor/store/archive/targets/open-targets.ts';
import { externalProvider } from '../../electron/monitor/store/connection/provider.ts';
import type { ExportRequest } from '../../electron/monitor/store/export/export-request.ts';
import { writeExport } from '../../electron/monitor/store/export/write-export.ts';
import { importCandles } from '../../electron/monitor/store/import/candles/import-candles.ts';
import type {
  ImportCandlesOptions,
  ImportSummary,
} from '../../electron/monitor/store/import/import-options.ts';
import { importTicks } from '../../electron/monitor/store/import/ticks/import-ticks.ts';
import { withProvider } from '../../electron/monitor/store/work/with-provider.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import type { ImportKind } from '../../shared/domain/transfer.ts';

/** Imports a text or a file with data of bitcoin into a database. */
export function importInto(
  url: string,
  kind: ImportKind,
  input: string | Uint8Array | { readonly path: string },
  more: Partial<ImportCandlesOptions> = {},
): Promise<ImportSummary> {
  const given =
    typeof input === 'object' && 'path' in input ? input : { stream: Readable.from([Buffer.from(input)]) };
  return withProvider(
    silentLog,
    () => externalProvider(url),
    (run) =>
      (kind === 'ticks' ? importTicks : importCandles)({
        run,
        input: given,
        coinId: 'bitcoin',
        vsCurrency: 'usd',
        clock: systemClock,
        log: silentLog,
        signal: new AbortController().signal,
        ...more,
      }),
  );
}

/** Exports all stored data of bitcoin. */
export async function exportFrom(
  url: string,
  request: Pick<ExportRequest, 'kind' | 'format'> & Partial<Pick<ExportRequest, 'interval'>>,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const target = new Writable({
    write(chunk: Buffer, _, done) {
      chunks.push(chunk);
      done();
    },
  });
  const range = { coinId: 'bitcoin', vsCurrency: 'usd', from: 0, to: Date.now() };
  await withProvider(
    silentLog,
    () => externalProvider(url),
    (run) =>
      writeExport(run, { interval: '1m', ...request, range }, target, {
        targets: createOpenedTargets({}),
        onArchived: () => undefined,
      }),
  );
  return Buffer.concat(chunks);
}

/** Runs a query in DuckDB, in UTC, to compare files with an independent reader. */
export async function queryDuckDb<Row>(sql: string): Promise<readonly Row[]> {
  const connection = await (await DuckDBInstance.create()).connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson() as unknown as readonly Row[];
  } finally {
    connection.closeSync();
  }
}
