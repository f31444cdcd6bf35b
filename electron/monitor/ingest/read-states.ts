import type { CoinStates } from '../log/coin-states.ts';
import type { Logger } from '../logging/logger.ts';
import type { Known } from './replay.ts';
import { type SavedCoin, savedCoinSchema } from './saved-coin.ts';

/**
 * The saved states of these coins. States that are damaged, or of another version, are left out: the log is replayed for them.
 */
export function readStates(states: CoinStates, coins: readonly string[], log: Logger): Known {
  const saved = new Set(states.coins());
  return {
    coins: coins.filter((coinId) => saved.has(coinId)),
    offset: states.offset(),
    coin(coinId) {
      const state = parse(states.read(coinId));
      if (state === null)
        log.warn({ coinId }, 'the saved state of a coin cannot be used; the log is replayed');
      return state;
    },
  };
}

function parse(text: string | null): SavedCoin | null {
  if (text === null) return null;
  try {
    return savedCoinSchema.parse(JSON.parse(text));
  } catch {
    return null; // the caller reports it
  }
}
