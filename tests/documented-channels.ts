import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ChannelSetting, channelsSchema } from '../shared/settings/channel-setting.ts';

/** The settings of the channels in every example of `docs/channels.md`. A test holds that there is one of every kind. */
export function documentedChannels(): readonly ChannelSetting[] {
  const page = readFileSync(join(import.meta.dirname, '../docs/channels.md'), 'utf8');
  return [...page.matchAll(/^```json\n(.*?)^```$/gms)]
    .map(([, json = '']) => JSON.parse(json) as { readonly channels?: unknown })
    .flatMap(({ channels }) => (channels === undefined ? [] : channelsSchema.parse(channels)));
}
