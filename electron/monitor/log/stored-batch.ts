import { crc32 } from 'node:zlib';
import { DamagedRecord } from './damaged-record.ts';
import { type PackTicks, unpackTicks } from './packed-ticks.ts';
import { decodeBatch, encodeBatch, isTick } from './record-codec.ts';
import type { LogBatch } from './tick-log.ts';

/** A batch as the log file has it: its ticks are packed, or all of it is text. */
export type StoredBatch = { readonly text: string; readonly packed: Uint8Array | null };

/** @param pack the result holds bytes of it, which its next call overwrites */
export function encodeStored(batch: LogBatch, pack: PackTicks): StoredBatch {
  const packed = batch.ticks.length === 0 ? null : pack(batch.ticks);
  return { text: encodeBatch(packed === null ? batch : { ticks: [], alerts: batch.alerts }), packed };
}

/** @throws DamagedRecord when it is not what `encodeStored` returned */
export function decodeStored({ text, packed }: StoredBatch): LogBatch {
  const batch = decodeBatch(text);
  if (packed === null) return batch;
  const ticks = unpackTicks(packed);
  if (!ticks.every(isTick)) throw new DamagedRecord('it contains an invalid tick');
  return { ticks, alerts: batch.alerts };
}

export function checksumOf({ text, packed }: StoredBatch): number {
  return packed === null ? crc32(text) : crc32(packed, crc32(text));
}
