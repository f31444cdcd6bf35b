import { describe, expect, it } from 'vitest';
import type { ChannelSetting } from '../../../../shared/settings/channel-setting.ts';
import { documentedChannels } from '../../../../tests/documented-channels.ts';
import { virtualClock } from '../../time/clock.ts';
import { openChannel } from '../open-channel.ts';
import { CHANNEL_KINDS } from './registry.ts';

const EXAMPLES = documentedChannels();

/** A secret of the form that the kind wants. */
function secretOf({ kind }: ChannelSetting, option: string): string {
  if (option === 'url') return kind === 'rabbitmq' ? 'amqps://me:planted@host/' : 'https://example.com/hook';
  if (kind === 'telegram') return '123:planted';
  return 'k'.repeat(kind === 'pagerduty' ? 32 : 30);
}

describe('the page about channels', () => {
  it.each(EXAMPLES.map((setting) => [setting.id, setting.kind, setting] as const))(
    'has a channel %s of the kind %s that can be opened',
    async (id, _, setting) => {
      const channel = openChannel(setting, {
        kinds: CHANNEL_KINDS,
        context: {
          sendHttp: () => Promise.reject(new Error('nothing is sent')),
          clock: virtualClock(0),
          dataDir: '/',
        },
        secret: secretOf,
      });
      expect(channel.id).toBe(id);
      await channel.close?.();
    },
  );

  it('has an example of every kind', () => {
    const shown = new Set(EXAMPLES.map(({ kind }) => kind));
    expect(CHANNEL_KINDS.map(({ kind }) => kind).filter((kind) => !shown.has(kind))).toEqual([]);
  });
});
