import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { optionText } from '../../../../shared/messages/option-text.ts';
import { envelopeOf } from '../envelope.ts';
import { httpKind } from '../http/http-kind.ts';

/**
 * One request to the user's own server for each alert, signed according to Standard Webhooks: `webhook-signature` is `v1,` and
 * the base64 HMAC-SHA256 of `<webhook-id>.<webhook-timestamp>.<body>`. A receiver rejects timestamps that are more than a few
 * minutes off. Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export const webhook = httpKind({
  kind: 'webhook',
  isForPeople: false,
  options: z.strictObject({
    url: z.url().describe(optionText('option.webhook-url')),
    signingSecret: z.string().optional().describe(optionText('option.signing-secret')),
    authorization: z.string().optional().describe(optionText('option.authorization')),
    allowPrivate: z.boolean().default(false).describe(optionText('option.allow-own-network')),
  }),
  secrets: ['url', 'signingSecret', 'authorization'],
  // The user's own server can respond 429 if this is too much.
  limits: { rate: { burst: 100, everyMs: 20 } },
  request({ url, signingSecret, authorization, allowPrivate }, alerts, now) {
    const events = alerts.map(envelopeOf);
    const [first] = events;
    const isOne = events.length === 1 && first !== undefined;
    const body = JSON.stringify(isOne ? first : events);
    const id = isOne ? first.id : `digest:${first?.id ?? ''}`;
    const timestamp = String(Math.floor(now / 1_000));
    return {
      url,
      allowPrivate,
      body,
      headers: {
        'content-type': isOne ? 'application/cloudevents+json' : 'application/cloudevents-batch+json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        ...(signingSecret && { 'webhook-signature': signature(signingSecret, `${id}.${timestamp}.${body}`) }),
        ...(authorization && { authorization }),
      },
    };
  },
});

/** The `webhook-signature` of some content. */
export function signature(secret: string, content: string): string {
  const key = secret.startsWith('whsec_')
    ? Buffer.from(secret.slice('whsec_'.length), 'base64')
    : Buffer.from(secret);
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
}
