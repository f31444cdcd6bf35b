import type { ArchivedRow } from './archived-table.ts';
import type { SeriesRows } from './partition-rows.ts';

export type SeriesStream = {
  readonly seriesId: number;
  readonly batches: AsyncGenerator<readonly ArchivedRow[]>;
};

/** Splits rows that are sorted by series into one stream per series. Rows that are not read are skipped. */
export async function* streamsOfSeries(all: AsyncIterable<SeriesRows>): AsyncGenerator<SeriesStream> {
  const iterator = all[Symbol.asyncIterator]();
  let next = await iterator.next();
  async function* batchesOf(seriesId: number): AsyncGenerator<readonly ArchivedRow[]> {
    for (; !next.done && next.value.seriesId === seriesId; next = await iterator.next())
      yield next.value.rows;
  }
  while (!next.done) {
    const { seriesId } = next.value;
    const batches = batchesOf(seriesId);
    yield { seriesId, batches };
    for await (const _ of batchesOf(seriesId));
  }
}
