/** The display name of a kind: "home-assistant" → "Home Assistant". */
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
