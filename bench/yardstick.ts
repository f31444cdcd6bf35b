import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { createBinaryFormat } from '../electron/monitor/store/binary/binary-format.ts';
import { COPY_BEGIN, COPY_END } from '../electron/monitor/store/writer/copy-rows.ts';
import type { Tick } from '../shared/domain/tick.ts';

const COLUMNS = 'coin_id, vs_currency, observed_at, price, volume_24h, market_cap, source, amount';
const COLUMN_COUNT = 8;

/** The first version of the program's table of ticks. It never changes, so that figures of different commits can be compared. */
const TABLE = `
  create table yardstick (
    coin_id text not null,
    vs_currency text not null,
    observed_at timestamptz not null,
    price double precision not null,
    volume_24h double precision,
    market_cap double precision,
    source text not null,
    amount double precision,
    primary key (coin_id, vs_currency, observed_at, source)
  )`;

export async function createYardstick(client: Client): Promise<void> {
  await client.query(TABLE);
}

/** Encodes these ticks in the order of the key, and returns a function that only runs the binary COPY. */
export function prepareCopyIntoYardstick(client: Client, ticks: readonly Tick[]): () => Promise<void> {
  const encoded = encode(ticks.toSorted(byKey));
  return () =>
    new Promise((resolve, reject) => {
      const stream = client.query(copyFrom(`copy yardstick (${COLUMNS}) from stdin with (format binary)`));
      stream.once('finish', resolve);
      stream.once('error', reject);
      stream.end(encoded);
    });
}

function encode(ticks: readonly Tick[]): Buffer {
  const format = createBinaryFormat(32 + ticks.length * 124);
  format.raw(COPY_BEGIN);
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
  format.raw(COPY_END);
  return format.bytes();
}

function byKey(a: Tick, b: Tick): number {
  if (a.coinId !== b.coinId) return a.coinId < b.coinId ? -1 : 1;
  return a.observedAt - b.observedAt;
}
