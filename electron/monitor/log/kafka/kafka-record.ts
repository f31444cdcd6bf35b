import { crc32 } from 'node:zlib';
import { DamagedRecord } from '../damaged-record.ts';
import { decodeBatch, encodeBatch } from '../record-codec.ts';
import type { LogBatch, LogRecord } from '../tick-log.ts';

/** Version of the value. A reader makes a record of a later version a dead letter instead of guessing. */
const RECORD_VERSION = '1';

/**
 * A record of the topic of ticks as a producer sends it. The value is the text of `encodeBatch`, UTF-8. Headers: `v` the version,
 * `ticks` the number of ticks in the value, and `crc` the value's CRC-32 in decimal, because a client need not check that of
 * Kafka; `copy` if its ticks are those of a coin of another partition, which only the rules need.
 */
export type KafkaRecord = {
  /** The coin's id if all ticks are of one coin, else null: the sender chooses the partition. */
  readonly key: string | null;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** A record as it is fetched. */
export type FetchedRecord = {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string;
  readonly value: Buffer | null;
  readonly headers: ReadonlyMap<string, string>;
};

/** @param isCopy whether its ticks are also in the partition of their coin */
export function encodeRecord(batch: LogBatch, isCopy = false): KafkaRecord {
  const value = encodeBatch(batch);
  const coins = new Set([...batch.ticks, ...batch.alerts].map(({ coinId }) => coinId));
  const [only] = coins;
  return {
    key: coins.size === 1 ? (only ?? null) : null,
    value,
    headers: {
      v: RECORD_VERSION,
      ticks: String(batch.ticks.length),
      crc: String(crc32(value)),
      ...(isCopy && { copy: '1' }),
    },
  };
}

/** @throws DamagedRecord when it is not what was sent, or of a version that this program does not support */
export function decodeRecord({ offset, timestamp, value, headers }: FetchedRecord): LogRecord {
  if (value === null) throw new DamagedRecord('it has no value');
  const version = headers.get('v');
  if (version !== RECORD_VERSION) throw new DamagedRecord(`its version is ${version ?? 'not given'}`);
  if (headers.get('crc') !== String(crc32(value))) throw new DamagedRecord('its checksum is wrong');
  return { offset, appendedAt: timestamp, ...decodeBatch(value.toString('utf8')) };
}

/** Whether its ticks are also in the partition of their coin, for every consumer but the rules. */
export const isCopy = ({ headers }: FetchedRecord): boolean => headers.has('copy');

/** The number of ticks of a record, without decoding it. Zero if its header is damaged. */
export function ticksOfRecord({ headers }: FetchedRecord): number {
  const count = Number(headers.get('ticks'));
  return Number.isSafeInteger(count) && count >= 0 ? count : 0;
}
