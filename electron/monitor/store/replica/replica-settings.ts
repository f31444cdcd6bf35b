import { message } from '../../../../shared/messages/message.ts';
import { RefusedDatabase } from '../connection/refused-database.ts';

/** The URL of the replica, and how far it may be behind. */
export type ReplicaSettings = { readonly url: string; readonly maxLagMs: number };

const DEFAULT_LAG_SECONDS = 10;

/**
 * Reads `DATABASE_READ_URL` and `DATABASE_READ_MAX_LAG_SECONDS`; null when no replica is configured.
 *
 * @throws RefusedDatabase when the number is invalid
 */
export function readReplicaSettings(
  env: Readonly<Record<string, string | undefined>>,
): ReplicaSettings | null {
  const url = env.DATABASE_READ_URL?.trim();
  if (!url) return null;
  const given = env.DATABASE_READ_MAX_LAG_SECONDS?.trim() || String(DEFAULT_LAG_SECONDS);
  if (!/^[1-9]\d{0,4}$/.test(given))
    throw new RefusedDatabase(message('replica.wrong-lag', { value: given }));
  return { url, maxLagMs: Number(given) * 1_000 };
}
