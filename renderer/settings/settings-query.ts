import { queryOptions } from '@tanstack/react-query';
import type { Client } from '../api/client.ts';

export const SETTINGS_KEY = ['settings'] as const;

/** The settings in force. */
export function settingsQuery(client: Client) {
  return queryOptions({ queryKey: SETTINGS_KEY, queryFn: () => client.call('settings.get', {}) });
}
