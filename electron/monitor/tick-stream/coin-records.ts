import type { Tick } from '../../../shared/domain/tick.ts';
import type { LogRecord } from '../log/tick-log.ts';

/** Incremented when an older reader could misread a newer record. */
const VERSION = 1;
/** Some 250 bytes each; Kinesis accepts records of up to 1 MB. */
const MAX_TICKS = 1_000;

/** A record of the stream: ticks of one coin in the order of the log. */
export type CoinRecord = { readonly coinId: string; readonly data: Uint8Array };

/** The records of each coin, in order, with all ticks of these records of the log. */
export function coinRecords(records: readonly LogRecord[]): ReadonlyMap<string, readonly CoinRecord[]> {
  const ticks = records.flatMap((record) => record.ticks);
  const byCoin = Map.groupBy(ticks, ({ coinId }) => coinId);
  return new Map([...byCoin].map(([coinId, ofCoin]) => [coinId, recordsOf(coinId, ofCoin)]));
}

const recordsOf = (coinId: string, ticks: readonly Tick[]): readonly CoinRecord[] =>
  Array.from({ length: Math.ceil(ticks.length / MAX_TICKS) }, (_, part) => {
    const some = ticks.slice(part * MAX_TICKS, (part + 1) * MAX_TICKS);
    return { coinId, data: Buffer.from(JSON.stringify({ v: VERSION, coinId, ticks: some })) };
  });
