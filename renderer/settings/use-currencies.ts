import { useQuery } from '@tanstack/react-query';
import { useMonitor } from '../api/monitor-context.ts';

/** Codes of the quote currencies that the provider supports; empty until they are known. */
export function useCurrencies(): readonly string[] {
  const { client } = useMonitor();
  const { data } = useQuery({
    queryKey: ['currencies'],
    queryFn: () => client.call('currencies', {}),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  return data ?? NONE;
}

const NONE: readonly string[] = [];
