import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { channelSettingSchema } from '../../../../shared/settings/channel-setting.ts';
import { alert, NOW } from '../../log/log-fixture.ts';
import { virtualClock } from '../../time/clock.ts';
import { envelopeOf, envelopeSchema } from '../envelope.ts';
import type { HttpRequest } from '../http-request.ts';
import { openChannel } from '../open-channel.ts';
import { signature, webhook } from './webhook.ts';

const ALERTS = ['a', 'b'].map((id) => ({ ...alert(id, NOW), raisedAt: NOW + 250 }));

async function requestFor(secrets: Readonly<Record<string, string>>, alerts = ALERTS.slice(0, 1)) {
  const requests: HttpRequest[] = [];
  const channel = openChannel(channelSettingSchema.parse({ id: 'hook', kind: 'webhook' }), {
    kinds: [webhook],
    context: {
      async sendHttp(request) {
        requests.push(request);
        return { status: 204, headers: new Headers(), text: '' };
      },
      clock: virtualClock(NOW + 1_500),
      dataDir: '/',
    },
    secret: (_, option) => secrets[option] ?? null,
  });
  await channel.deliver(alerts, AbortSignal.any([]));
  return requests[0] ?? { url: '', body: '' };
}

it('signs as Standard Webhooks do', () => {
  // From the tests of the reference libraries: https://github.com/standard-webhooks/standard-webhooks
  const content = 'msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{"test": 2432232314}';
  expect(signature('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', content)).toBe(
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  );
});

it('posts the envelope with the alert’s id, the time and the signature', async () => {
  const { url, headers, body } = await requestFor({
    url: 'https://hook.example/in',
    signingSecret: 'hush',
    authorization: 'Bearer me',
  });
  expect(url).toBe('https://hook.example/in');
  const timestamp = String(Math.floor((NOW + 1_500) / 1_000));
  expect(headers).toEqual({
    'content-type': 'application/cloudevents+json',
    'webhook-id': 'a',
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${createHmac('sha256', 'hush').update(`a.${timestamp}.${body}`).digest('base64')}`,
    authorization: 'Bearer me',
  });
  expect(envelopeSchema.parse(JSON.parse(body))).toMatchObject({ id: 'a', subject: 'bitcoin' });
});

it('posts a digest as a batch of events', async () => {
  const { headers, body } = await requestFor({ url: 'https://hook.example/in' }, ALERTS);
  expect(headers).toMatchObject({
    'content-type': 'application/cloudevents-batch+json',
    'webhook-id': 'digest:a',
  });
  expect(headers).not.toHaveProperty('webhook-signature');
  expect(JSON.parse(body)).toEqual(ALERTS.map(envelopeOf));
});

it('has every field of the envelope', () => {
  expect(envelopeSchema.parse(envelopeOf({ ...alert('a', NOW), raisedAt: NOW + 250 })).data).toMatchObject({
    coin: 'bitcoin',
    observedAt: '2026-01-01T00:00:00.000Z',
    raisedAt: '2026-01-01T00:00:00.250Z',
  });
});
