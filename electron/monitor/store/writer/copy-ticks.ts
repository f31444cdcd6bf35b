import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Tick } from '../../../../shared/domain/tick.ts';
import { createBinaryFormat } from './binary-format.ts';

const COPY_TICKS = `
  copy ticks (coin_id, vs_currency, observed_at, price, volume_24h, market_cap, source, amount)
  from stdin with (format binary)`;
const COLUMN_COUNT = 8;
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');

/** Ticks as the input of a binary COPY into `ticks`. */
export function encodeTicks(ticks: readonly Tick[]): Buffer {
  const format = createBinaryFormat(32 + ticks.length * 124);
  format.raw(SIGNATURE);
  format.int32(0); // flags
  format.int32(0); // no header extension
  for (const tick of ticks) {
    format.int16(COLUMN_COUNT);
    format.textField(tick.coinId);
    format.textField(tick.vsCurrency);
    format.timestamptzField(tick.observedAt);
    format.float8Field(tick.price);
    format.float8Field(tick.volume24h);
    format.float8Field(tick.marketCap);
    format.textField(tick.source);
    format.float8Field(tick.amount);
  }
  format.int16(-1);
  return format.bytes();
}

/** Runs the COPY; rejects with the server's error, after which the connection can be used again. */
export function copyTicks(client: PoolClient, encoded: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = client.query(copyFrom(COPY_TICKS));
    stream.once('finish', resolve);
    stream.on('error', (error: Error) => {
      // The server may refuse a row while later ones are still on their way. pg-copy-streams then forgets its
      // connection, and would throw out of the socket's 'drain' event when it went on writing.
      stream.destroy();
      reject(error);
    });
    stream.end(encoded);
  });
}
