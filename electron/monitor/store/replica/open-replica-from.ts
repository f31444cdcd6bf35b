import { messageOf } from '../../../../shared/messages/message-error.ts';
import { RefusedDatabase } from '../connection/refused-database.ts';
import { openReplica, type Replica, type ReplicaOptions } from './open-replica.ts';
import { readReplicaSettings } from './replica-settings.ts';

/**
 * Opens the replica that the environment names; null when there is none. An invalid variable is reported, and null is returned.
 */
export function openReplicaFrom(
  env: Readonly<Record<string, string | undefined>>,
  options: Omit<ReplicaOptions, 'settings'>,
): Replica | null {
  try {
    const settings = readReplicaSettings(env);
    return settings === null ? null : openReplica({ settings, ...options });
  } catch (error) {
    if (!(error instanceof RefusedDatabase)) throw error;
    options.log.error({ err: error }, 'the read replica cannot be used');
    options.report({ status: 'unusable', error: messageOf(error) });
    return null;
  }
}
