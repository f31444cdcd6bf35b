import type { Problem } from '../../shared/domain/problem.ts';
import { text } from '../../shared/messages/message.ts';
import type { SettingName } from '../../shared/settings/settings.ts';
import type { ClusterSettings } from './cluster/cluster-settings.ts';
import type { ServeSettings } from './cluster/serve-settings.ts';
import type { LatestStore } from './latest/latest-store.ts';
import type { GroupCursorOptions } from './log/kafka/group-cursor.ts';
import type { KafkaClients } from './log/kafka/kafka-clients.ts';
import type { TopicNames } from './log/kafka/topics.ts';
import type { Logger } from './logging/logger.ts';
import type { Monitor, MonitorOptions } from './monitor.ts';
import type { Consumer, Part } from './roles.ts';
import type { SettingsStore } from './settings/settings.ts';
import type { Meter } from './status/meter.ts';
import type { StatusBoard } from './status/status-board.ts';
import { type Clock, systemClock } from './time/clock.ts';

/** What the parts of a process with roles are created from. */
export type ClusterBasis = {
  /** The parts of this process. */
  readonly parts: readonly Part[];
  readonly options: MonitorOptions;
  readonly dataDir: string;
  readonly settings: SettingsStore;
  readonly cluster: ClusterSettings;
  readonly clients: KafkaClients;
  readonly names: TopicNames;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly meter: Meter;
  /** The state of this process. Pages show the state of the installation instead, see `openServing`. */
  readonly status: StatusBoard;
  /** Counts records that were moved to the dead letters. */
  readonly countDeadLetter: () => void;
  /** The number of partitions of the topics of ticks and alerts. */
  readonly partitions: number;
};

/** A part of a process, which `start` starts. */
export type OpenPart = {
  start(): void;
  /** Called when settings.json was changed, with the names of the settings that are different now. */
  settingsChanged?(names: readonly SettingName[]): void | Promise<void>;
  /** The page server, if the part has one. */
  readonly page?: ServedPage;
};

/** What the host needs to serve the page. */
export type ServedPage = {
  readonly monitor: Pick<Monitor, 'dataDir' | 'dispatch' | 'subscribe' | 'log'>;
  readonly port: number | null;
  readonly settings: ServeSettings;
  /** Agrees on a token with the other processes; absent without Redis. */
  readonly shareToken: LatestStore['sharedToken'] | undefined;
};

/**
 * What all consumer groups of a process have in common.
 *
 * @param consumer its name is also that of the group, unless another one is given
 */
export function groupOptions(
  { cluster, clients, names, random, log, meter, countDeadLetter }: ClusterBasis,
  consumer: Consumer,
  group = `${cluster.prefix}.${consumer}`,
): Omit<GroupCursorOptions, 'topics'> {
  return {
    connection: cluster.connection,
    clients,
    group,
    report: {
      member: (isMember) => meter.member(consumer, isMember),
      committed: (work) => meter.consumed(consumer, work),
      lag: (topic, records) => meter.lag(consumer, topic, records),
      deadLetter: countDeadLetter,
    },
    deadLetterTopic: names.deadLetters,
    clock: systemClock,
    random,
    log,
  };
}

/** Reports problems of this process to its status, and logs them when they begin. */
export function problemReporter({
  log,
  status,
}: ClusterBasis): (...problems: readonly (Problem | null)[]) => void {
  const toLog = logProblem(log);
  const toStatus = status.reporter();
  return (...problems) => {
    toLog(...problems);
    toStatus(...problems);
  };
}

/** Problems are logged when they begin. */
function logProblem(log: Logger): (...problems: readonly (Problem | null)[]) => void {
  let known = new Set<string>();
  return (...problems) => {
    const now = new Map(problems.flatMap((problem) => (problem === null ? [] : [[problem.id, problem]])));
    for (const [id, problem] of now) if (!known.has(id)) log.warn({ problem: id }, text(problem.message));
    known = new Set(now.keys());
  };
}
