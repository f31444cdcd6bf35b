import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChannelSetting } from '../../../../shared/settings/channel-setting.ts';
import {
  documentedChannels,
  documentedExamples,
  documentedSettings,
  exampleSecret,
} from '../../../../tests/documented-channels.ts';
import { alert } from '../../log/log-fixture.ts';
import { virtualClock } from '../../time/clock.ts';
import type { Channel, RaisedAlert } from '../channel.ts';
import { envelopeSchema } from '../envelope.ts';
import type { HttpRequest } from '../http-request.ts';
import { openChannel } from '../open-channel.ts';
import { CHANNEL_KINDS } from './registry.ts';

const EXAMPLES = documentedChannels().map((setting) => [setting.id, setting.kind, setting] as const);
const AT = Date.UTC(2026, 0, 5, 12);
const ALERT: RaisedAlert = { ...alert('one', AT), severity: 'critical', raisedAt: AT };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'documented-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Opens a channel of the page, with the watchlists that the page defines, and records the requests that it makes. */
function open(setting: ChannelSetting): { readonly channel: Channel; readonly requests: HttpRequest[] } {
  const requests: HttpRequest[] = [];
  const channel = openChannel(setting, {
    kinds: CHANNEL_KINDS,
    context: {
      async sendHttp(request) {
        requests.push(request);
        return { status: 200, headers: new Headers(), text: 'ok' };
      },
      clock: virtualClock(AT),
      dataDir: folder,
    },
    secret: exampleSecret,
    watchlists: () => documentedSettings().flatMap(({ watchlists = [] }) => watchlists),
  });
  return { channel, requests };
}

/** Kinds that need a real server, which their integration tests start, or that speak; the others are tested here. */
const WITH_COUNTERPARTS = ['email', 'mqtt', 'rabbitmq', 'kafka', 'sns', 'kinesis', 'speech', 'stdout'];

describe('the page about channels', () => {
  it('has examples that are valid settings, or an envelope', () => {
    const settings = documentedSettings();
    expect(settings.length).toBeGreaterThan(10);
    const [envelope, ...others] = documentedExamples().filter((example) => 'specversion' in example);
    expect(others).toEqual([]);
    expect(envelopeSchema.parse(envelope)).toEqual(envelope);
  });

  it.each(EXAMPLES)('has a channel %s of the kind %s that can be opened', async (id, _, setting) => {
    const { channel } = open(setting);
    expect(channel.id).toBe(id);
    await channel.close?.();
  });

  it.each(EXAMPLES.filter(([, kind]) => !WITH_COUNTERPARTS.includes(kind)))(
    'has a channel %s of the kind %s that delivers an alert',
    async (id, kind, setting) => {
      const { channel, requests } = open(setting);
      expect(channel.wants?.(ALERT)).toBe(true);
      await channel.deliver([ALERT], AbortSignal.any([]));
      await channel.close?.();
      if (kind === 'file') {
        const path = String(setting.options.path ?? 'alerts.txt');
        expect(readFileSync(join(folder, path), 'utf8')).toMatch(/^2026-01-05T12.* - Alert: bitcoin .*\n$/);
        return;
      }
      expect(requests).toHaveLength(1);
      const [request] = requests;
      expect(request?.body, id).toMatch(/bitcoin/i);
      const { server, homeserver, apiUrl } = setting.options;
      const given = server ?? homeserver ?? apiUrl;
      if (typeof given === 'string') expect(request?.url.startsWith(given)).toBe(true);
      expect(() => new URL(request?.url ?? '')).not.toThrow();
    },
  );

  it('has an example of every kind', () => {
    const shown = new Set(EXAMPLES.map(([, kind]) => kind));
    expect(CHANNEL_KINDS.map(({ kind }) => kind).filter((kind) => !shown.has(kind))).toEqual([]);
  });
});
