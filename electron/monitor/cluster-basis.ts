import type { Problem } from '../../shared/domain/problem.ts';
import { text } from '../../shared/messages/message.ts';
import type { ClusterSettings } from './cluster/cluster-settings.ts';
import type { GroupCursorOptions } from './log/kafka/group-cursor.ts';
import type { KafkaClients } from './log/kafka/kafka-clients.ts';
import type { TopicNames } from './log/kafka/topics.ts';
import type { Logger } from './logging/logger.ts';
import type { MonitorOptions } from './monitor.ts';
import type { SettingsStore } from './settings/settings.ts';
import { type Clock, systemClock } from './time/clock.ts';

/** What the parts of a process are made from. */
export type ClusterBasis = {
  readonly options: MonitorOptions;
  readonly dataDir: string;
  readonly settings: SettingsStore;
  readonly cluster: ClusterSettings;
  readonly clients: KafkaClients;
  readonly names: TopicNames;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Of the topics of ticks and alerts. */
  readonly partitions: number;
};

/** A part that `start` starts. */
export type Startable = { start(): void };

/** What all consumer groups of a process have in common. */
export function groupOptions(
  { cluster, clients, names, random, log }: ClusterBasis,
  name: string,
): Omit<GroupCursorOptions, 'topics' | 'onRecords'> {
  return {
    connection: cluster.connection,
    clients,
    group: `${cluster.prefix}.${name}`,
    deadLetterTopic: names.deadLetters,
    clock: systemClock,
    random,
    log,
  };
}

/** Problems are logged when they begin; there is no page that shows them. */
export function logProblem(log: Logger): (...problems: readonly (Problem | null)[]) => void {
  let known = new Set<string>();
  return (...problems) => {
    const now = new Map(problems.flatMap((problem) => (problem === null ? [] : [[problem.id, problem]])));
    for (const [id, problem] of now) if (!known.has(id)) log.warn({ problem: id }, text(problem.message));
    known = new Set(now.keys());
  };
}
