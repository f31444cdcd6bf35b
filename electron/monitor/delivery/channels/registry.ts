import type { ChannelKind } from '../channel-kind.ts';
import { email } from './email.ts';
import { file } from './file.ts';
import { kafka } from './kafka.ts';
import { kinesis } from './kinesis.ts';
import { mqtt } from './mqtt.ts';
import { apprise } from './presets/apprise.ts';
import { discord } from './presets/discord.ts';
import { googleChat } from './presets/google-chat.ts';
import { gotify } from './presets/gotify.ts';
import { homeAssistant } from './presets/home-assistant.ts';
import { matrix } from './presets/matrix.ts';
import { mattermost } from './presets/mattermost.ts';
import { ntfy } from './presets/ntfy.ts';
import { opsgenie } from './presets/opsgenie.ts';
import { pagerduty } from './presets/pagerduty.ts';
import { pushover } from './presets/pushover.ts';
import { rocketChat } from './presets/rocket-chat.ts';
import { signal } from './presets/signal.ts';
import { slack } from './presets/slack.ts';
import { teams } from './presets/teams.ts';
import { telegram } from './presets/telegram.ts';
import { template } from './presets/template.ts';
import { rabbitmq } from './rabbitmq.ts';
import { sns } from './sns.ts';
import { speech } from './speech.ts';
import { stdout } from './stdout.ts';
import { webhook } from './webhook.ts';

/** Every kind of channel that a user can set up. */
export const CHANNEL_KINDS: readonly ChannelKind[] = [
  file,
  stdout,
  speech,
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
