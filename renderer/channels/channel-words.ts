import type { ChannelView } from '../../shared/contract/channel-view.ts';
import { formatAge } from '../../shared/format/age.ts';
import { t } from '../../shared/messages/message.ts';

export type ChannelWords = {
  readonly tone: 'good' | 'bad' | 'quiet';
  /** The state in a word or two. */
  readonly state: string;
  /** More of it, in parts. */
  readonly details: readonly string[];
};

/** How a channel is doing, in words: working once it has delivered an alert, ready until then. */
export function channelWords({ enabled, state, problem }: ChannelView, now: number): ChannelWords {
  // An open one delivers, also when the setting that would replace a built-in one is disabled.
  if (state === null) {
    if (!enabled) return { tone: 'quiet', state: t('channels.off'), details: [] };
    return { tone: problem === null ? 'quiet' : 'bad', state: t('channels.wrong'), details: [] };
  }
  const { failure, lastDeliveredAt, held } = state;
  const waiting = state.waiting - held;
  const waits = [
    ...(waiting === 0 ? [] : [t('channels.waiting', { count: waiting })]),
    ...(held === 0 ? [] : [t('channels.held', { count: held })]),
  ];
  if (failure !== null) {
    const since = t('channels.since', { age: formatAge(now - failure.since), attempts: failure.attempts });
    return { tone: 'bad', state: t('channels.failing'), details: [since, ...waits] };
  }
  if (lastDeliveredAt === null) {
    return { tone: 'quiet', state: t('channels.ready'), details: [t('channels.unused'), ...waits] };
  }
  const last = t('channels.last', { age: formatAge(now - lastDeliveredAt) });
  return { tone: 'good', state: t('channels.working'), details: [last, ...waits] };
}

/** A kind as it is called: "home-assistant" as "Home Assistant". */
export function kindName(kind: string): string {
  return (
    NAMES[kind] ??
    kind
      .split('-')
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join(' ')
  );
}

const NAMES: Readonly<Record<string, string>> = {
  'alerts-file': 'File alerts.txt',
  apprise: 'Apprise',
  email: 'E-mail',
  kafka: 'Apache Kafka',
  kinesis: 'AWS Kinesis',
  mqtt: 'MQTT',
  ntfy: 'ntfy',
  pagerduty: 'PagerDuty',
  rabbitmq: 'RabbitMQ',
  'rocket-chat': 'Rocket.Chat',
  sns: 'AWS SNS',
  speech: 'Voice and sounds',
  stdout: 'Standard output',
  teams: 'Microsoft Teams',
  template: 'Request of your own',
};
