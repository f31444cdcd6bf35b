import { queryOptions } from '@tanstack/react-query';
import type { Client } from '../api/client.ts';

export const CHANNELS_KEY = ['channels'] as const;

/** How often the states are fetched while the dialog is open. */
const REFRESH_MS = 2_000;

/** The channels with their states. */
export function channelsQuery(client: Client) {
  return queryOptions({
    queryKey: CHANNELS_KEY,
    queryFn: () => client.call('channels.list', {}),
    refetchInterval: REFRESH_MS,
  });
}

/** The kinds of channels, which stay the same while the program runs. */
export function channelKindsQuery(client: Client) {
  return queryOptions({
    queryKey: ['channel-kinds'],
    queryFn: () => client.call('channels.kinds', {}),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
