import type { Status } from '../../../shared/domain/status.ts';
import { type Message, message } from '../../../shared/messages/message.ts';
import type { ProcessRole } from './process-role.ts';

type Phase = 'starting' | 'running' | 'stopping';

/** The readiness of a process, based on the reports of its parts. */
export type Readiness = {
  enter(phase: Phase): void;
  status(status: Status): void;
  /** Whether the process is a member of the consumer group of a role. */
  member(role: string, isMember: boolean): void;
  /** The role `serve` has read the topics to their end. */
  caughtUp(): void;
  /** Why it is not ready; empty when it is. */
  reasons(): readonly Message[];
};

export function createReadiness(roles: readonly ProcessRole[]): Readiness {
  let phase: Phase = 'starting';
  let known: Status | null = null;
  const members = new Set<string>();
  let isCaughtUp = false;

  const lacking = (role: ProcessRole): readonly Message[] => {
    const database = known?.database.status ?? 'starting';
    const noDatabase = database === 'ready' ? [] : [message('ready.no-database', { status: database })];
    if (role === 'all') return noDatabase;
    // It shows prices and alerts without a database. If it were not ready then, all pages would be gone.
    // Nor does it depend on the state of the feed, which stays "starting" until there is a price.
    if (role === 'serve') return isCaughtUp ? [] : [message('ready.reading-topics')];
    const notMember = members.has(role) ? [] : [message('ready.not-a-member', { role })];
    return role === 'store' ? [...notMember, ...noDatabase] : notMember;
  };

  return {
    enter(next) {
      phase = next;
    },
    status(status) {
      known = status;
    },
    member(role, isMember) {
      if (isMember) members.add(role);
      else members.delete(role);
    },
    caughtUp() {
      isCaughtUp = true;
    },
    reasons() {
      if (phase === 'running') return roles.flatMap(lacking);
      return [phase === 'starting' ? message('ready.starting') : message('ready.stopping')];
    },
  };
}
