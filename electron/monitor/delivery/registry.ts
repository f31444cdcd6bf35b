import type { ChannelKind } from './channel-kind.ts';
import { email } from './channels/email.ts';
import { file } from './channels/file.ts';
import { kafka } from './channels/kafka.ts';
import { kinesis } from './channels/kinesis.ts';
import { mqtt } from './channels/mqtt.ts';
import { apprise } from './channels/presets/apprise.ts';
import { discord } from './channels/presets/discord.ts';
import { googleChat } from './channels/presets/google-chat.ts';
import { gotify } from './channels/presets/gotify.ts';
import { homeAssistant } from './channels/presets/home-assistant.ts';
import { matrix } from './channels/presets/matrix.ts';
import { mattermost } from './channels/presets/mattermost.ts';
import { ntfy } from './channels/presets/ntfy.ts';
import { opsgenie } from './channels/presets/opsgenie.ts';
import { pagerduty } from './channels/presets/pagerduty.ts';
import { pushover } from './channels/presets/pushover.ts';
import { rocketChat } from './channels/presets/rocket-chat.ts';
import { signal } from './channels/presets/signal.ts';
import { slack } from './channels/presets/slack.ts';
import { teams } from './channels/presets/teams.ts';
import { telegram } from './channels/presets/telegram.ts';
import { template } from './channels/presets/template.ts';
import { rabbitmq } from './channels/rabbitmq.ts';
import { sns } from './channels/sns.ts';
import { stdout } from './channels/stdout.ts';
import { webhook } from './channels/webhook.ts';

/** Every kind of channel that a user can set up. */
export const CHANNEL_KINDS: readonly ChannelKind[] = [
  file,
  stdout,
  webhook,
  email,
  mqtt,
  rabbitmq,
  kafka,
  sns,
  kinesis,
  apprise,
  discord,
  googleChat,
  gotify,
  homeAssistant,
  matrix,
  mattermost,
  ntfy,
  opsgenie,
  pagerduty,
  pushover,
  rocketChat,
  signal,
  slack,
  teams,
  telegram,
  template,
];
