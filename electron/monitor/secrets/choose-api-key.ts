import type { Problem } from '../../../shared/domain/problem.ts';
import { type Message, message } from '../../../shared/messages/message.ts';
import { type BoundSecret, isFor } from './bound-secret.ts';
import { keyTarget, mayCarryKey } from './secret-target.ts';

/** The key to use, and why an existing one is not used. */
export type ChosenKey = { readonly apiKey: string | null; readonly problem: Problem | null };

/**
 * Chooses the API key: that of the environment, or else the one that the host stores, provided that it is for the server that
 * is configured. Neither is sent to another machine over an unencrypted connection.
 */
export function chooseApiKey(
  fromEnvironment: string | undefined,
  kept: BoundSecret | undefined,
  baseUrl: string | null,
): ChosenKey {
  const given = fromEnvironment?.trim() || null;
  const target = keyTarget(baseUrl);
  if (given === null && kept !== undefined && !isFor(kept, target)) {
    return withheld(message('api-key.for-another-server', { keptFor: kept.target ?? '', target }));
  }
  const apiKey = given ?? kept?.secret ?? null;
  if (apiKey !== null && !mayCarryKey(baseUrl)) {
    return withheld(message('api-key.unencrypted', { target }));
  }
  return { apiKey, problem: null };
}

function withheld(reason: Message): ChosenKey {
  return { apiKey: null, problem: { id: 'api-key-withheld', message: reason } };
}
