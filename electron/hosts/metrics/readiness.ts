import type { Status } from '../../../shared/domain/status.ts';
import { type Message, message } from '../../../shared/messages/message.ts';
import { CONSUMERS, type Part, partsOf, type Role } from '../../monitor/roles.ts';

type Phase = 'starting' | 'running' | 'stopping';

/** The readiness of a process, based on the reports of its parts. */
export type Readiness = {
  enter(phase: Phase): void;
  status(status: Status): void;
  /** Whether the process is a member of a consumer group. */
  member(consumer: string, isMember: boolean): void;
  /** All records of the topics have been read, so the pages are complete. */
  caughtUp(): void;
  /** Why it is not ready; empty when it is. */
  reasons(): readonly Message[];
};

export function createReadiness(roles: readonly Role[]): Readiness {
  let phase: Phase = 'starting';
  let known: Status | null = null;
  const members = new Set<string>();
  let isCaughtUp = false;

  const noDatabase = (): readonly Message[] => {
    const status = known?.database.status ?? 'starting';
    return status === 'ready' ? [] : [message('ready.no-database', { status })];
  };
  /** Why a part of an installation of several processes is not ready. */
  const reasonsOf = (part: Part): readonly Message[] => {
    // Pages show prices and alerts without a database. If the process were not ready then, all pages would be gone.
    // Nor do they depend on the state of the feed, which stays "starting" until there is a price.
    if (part === 'pages') return isCaughtUp ? [] : [message('ready.reading-topics')];
    const consumer = CONSUMERS[part];
    const notMember = members.has(consumer) ? [] : [message('ready.not-a-member', { role: consumer })];
    return part === 'store' ? [...notMember, ...noDatabase()] : notMember;
  };

  return {
    enter(next) {
      phase = next;
    },
    status(status) {
      known = status;
    },
    member(consumer, isMember) {
      if (isMember) members.add(consumer);
      else members.delete(consumer);
    },
    caughtUp() {
      isCaughtUp = true;
    },
    reasons() {
      if (phase === 'running')
        return roles.includes('all') ? noDatabase() : partsOf(roles).flatMap(reasonsOf);
      return [phase === 'starting' ? message('ready.starting') : message('ready.stopping')];
    },
  };
}
