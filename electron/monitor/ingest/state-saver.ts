import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Tick } from '../../../shared/domain/tick.ts';
import { createSingleRun } from '../async/single-run.ts';
import type { CoinStates } from '../log/coin-states.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../time/clock.ts';
import type { SavedCoin } from './saved-coin.ts';

/** A start replays this much of the log, and more if there are more coins than are saved at a time. */
const SAVE_EVERY_MS = 10_000;
/** The number of coins that are saved at a time, starting with those that have waited longest. */
const COINS_PER_SAVE = 100;
/**
 * How much text is serialized, or written, before other work gets a turn: a few milliseconds. With ten rules, the state of one
 * coin may be as long.
 */
const CHARACTERS_PER_SLICE = 100_000;

/** The source of the states to save. */
export type StateSource = {
  readonly save: (coinId: string) => SavedCoin;
  /** Whether the states do not include everything accepted yet. */
  readonly isReplaying: () => boolean;
  /** Resolves with true when everything that was accepted until now is in the log; with false when it cannot be. */
  readonly whenLogged: () => Promise<boolean>;
};

/** Saves the states of coins in the alert engine and the quotes, every few seconds and when it is stopped. */
export type StateSaver = {
  /** Starts saving. */
  start(source: StateSource): void;
  /** These ticks have changed the states of their coins. */
  touched(ticks: readonly Pick<Tick, 'coinId'>[]): void;
  /** The states of these coins come from a replay: their saved states only include records up to the saved offset. */
  replayed(coinIds: Iterable<string>): void;
  /** Saves all changes once more. */
  stop(): Promise<void>;
};

export type StateSaverOptions = {
  readonly states: CoinStates;
  /** The offset of the newest record in the log. */
  readonly lastOffset: () => number;
  readonly clock: Clock;
  readonly log: Logger;
  /** Yields to other work. */
  readonly turn?: () => Promise<unknown>;
  readonly charactersPerSlice?: number;
};

/**
 * A state is written after everything in it is in the log, so that no state includes a price that was lost in a crash. It may be
 * newer than the offset that is saved beside it: replaying ticks that it includes changes nothing.
 */
export function createStateSaver({
  states,
  lastOffset,
  clock,
  log,
  turn = nextTurn,
  charactersPerSlice = CHARACTERS_PER_SLICE,
}: StateSaverOptions): StateSaver {
  /**
   * Coins with unsaved changes, in the order in which they changed, and the newest offset that their saved state fully includes.
   */
  const unsaved = new Map<string, number>();
  const stopping = new AbortController();
  let source: StateSource | null = null;
  let isFailing = false;

  /** The states of coins, in slices. */
  const serialize = async (
    from: StateSource,
    coinIds: readonly string[],
  ): Promise<readonly ReadonlyMap<string, string>[]> => {
    let slice = new Map<string, string>();
    const slices = [slice];
    let characters = 0;
    for (const coinId of coinIds) {
      if (characters >= charactersPerSlice) {
        await turn();
        slice = new Map();
        slices.push(slice);
        characters = 0;
      }
      unsaved.delete(coinId);
      const state = JSON.stringify(from.save(coinId));
      slice.set(coinId, state);
      characters += state.length;
    }
    return slices;
  };

  const saveSome = async (from: StateSource, count: number): Promise<void> => {
    const startOffset = lastOffset();
    const saving = [...unsaved].slice(0, count);
    const slices = await serialize(
      from,
      saving.map(([coinId]) => coinId),
    );
    try {
      if (from.isReplaying() || !(await from.whenLogged())) throw null;
      for (const slice of slices) {
        states.save(slice);
        await turn();
      }
      states.saveOffset(Math.min(startOffset, ...unsaved.values()));
      isFailing = false;
    } catch (cause) {
      for (const [coinId, offset] of saving) unsaved.set(coinId, offset);
      if (cause === null) return;
      if (!isFailing) log.warn({ err: cause }, 'the states of the alert rules could not be saved; retrying');
      isFailing = true;
    }
  };

  const run = createSingleRun(async () => {
    if (source !== null && unsaved.size > 0 && !source.isReplaying()) await saveSome(source, COINS_PER_SAVE);
  });

  const saveRegularly = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await clock.sleep(SAVE_EVERY_MS, stopping.signal);
      run.request();
    }
  };

  return {
    start(given) {
      source = given;
      saveRegularly().catch(() => undefined); // the program stops
    },
    touched(ticks) {
      for (const { coinId } of ticks) if (!unsaved.has(coinId)) unsaved.set(coinId, lastOffset());
    },
    replayed(coinIds) {
      const offset = states.offset() ?? 0;
      for (const coinId of coinIds) unsaved.set(coinId, Math.min(unsaved.get(coinId) ?? offset, offset));
    },
    async stop() {
      stopping.abort();
      await run.settled();
      if (source !== null && unsaved.size > 0 && !source.isReplaying()) await saveSome(source, unsaved.size);
    },
  };
}
