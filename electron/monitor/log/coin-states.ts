import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { inTransaction } from './in-transaction.ts';

/** The states of the coins for a consumer of the log, saved beside the log, so that a start reads only what came after them. */
export type CoinStates = {
  /** Everything in the log up to this offset is included in the states; null before `saveOffset`. */
  offset(): number | null;
  coins(): readonly string[];
  /** The saved text of a coin; null if there is none, or it is damaged. */
  read(coinId: string): string | null;
  /**
   * Saves some states, all of them or none. They may be newer than the offset. A power cut may undo the newest saves, but never
   * leaves a save without its records, or the offset without the states that were saved before it.
   */
  save(states: ReadonlyMap<string, string>): void;
  /** Saves that everything in the log up to this offset is included in all saved states. */
  saveOffset(offset: number): void;
  /** Drops the states of all coins but these. Never throws. */
  keepOnly(coinIds: readonly string[]): void;
};

// Separate from the log's schema: older versions of the program ignore these tables, and newer ones can do without them.
const CREATE = `
  create table if not exists coin_states (
    coin_id text primary key,
    state text not null,
    -- CRC-32 of the text.
    crc integer not null
  ) strict;
  -- One row.
  create table if not exists coin_states_offset (
    id integer primary key check (id = 1),
    log_offset integer not null
  ) strict;`;

export function openCoinStates(database: DatabaseSync): CoinStates {
  database.exec(CREATE);
  const selectOffset = database.prepare('select log_offset from coin_states_offset');
  const writeOffset = database.prepare(
    `insert into coin_states_offset (id, log_offset) values (1, ?)
     on conflict (id) do update set log_offset = excluded.log_offset`,
  );
  const selectCoins = database.prepare('select coin_id from coin_states order by coin_id');
  const selectState = database.prepare('select state, crc from coin_states where coin_id = ?');
  const saveState = database.prepare(
    `insert into coin_states (coin_id, state, crc) values (?, ?, ?)
     on conflict (coin_id) do update set state = excluded.state, crc = excluded.crc`,
  );
  const deleteOthers = database.prepare(
    'delete from coin_states where coin_id not in (select value from json_each(?))',
  );

  return {
    offset() {
      const offset = selectOffset.get()?.log_offset;
      return offset === undefined ? null : Number(offset);
    },
    coins: () => selectCoins.all().map(({ coin_id }) => String(coin_id)),
    read(coinId) {
      const row = selectState.get(coinId);
      if (row === undefined) return null;
      const state = String(row.state);
      return crc32(state) === row.crc ? state : null;
    },
    save(states) {
      inTransaction(database, () => {
        for (const [coinId, state] of states) saveState.run(coinId, state, crc32(state));
      });
    },
    saveOffset(offset) {
      writeOffset.run(offset);
    },
    keepOnly(coinIds) {
      try {
        deleteOthers.run(JSON.stringify(coinIds));
      } catch {
        // A full disk. The states do no harm, and a later start drops them.
      }
    },
  };
}
