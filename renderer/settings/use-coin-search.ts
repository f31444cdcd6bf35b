import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import type { FoundCoin } from '../../shared/domain/found-coin.ts';
import { textOfError } from '../../shared/messages/message-error.ts';
import { useMonitor } from '../api/monitor-context.ts';

/** Users type a letter every 100 to 250 ms, and each search may be a call to the provider. */
const PAUSE_MS = 350;
const MIN_LETTERS = 2;
const RESULT_AGE_MS = 600_000;

export type CoinSearchState = {
  /** Results for the current text; undefined until they are available. */
  readonly found: readonly FoundCoin[] | undefined;
  readonly error: string | null;
};

/** Searches for coins by name, symbol or id when the typing pauses. */
export function useCoinSearch(typed: string): CoinSearchState {
  const { client } = useMonitor();
  const words = typed.trim().toLowerCase();
  const [settled] = useDebouncedValue(words, PAUSE_MS);
  const { data, error } = useQuery({
    queryKey: ['coins.search', settled],
    queryFn: () => client.call('coins.search', { query: settled }),
    enabled: settled.length >= MIN_LETTERS,
    staleTime: RESULT_AGE_MS,
    retry: false,
  });
  if (settled !== words) return { found: undefined, error: null };
  return { found: data, error: error === null ? null : textOfError(error) };
}
