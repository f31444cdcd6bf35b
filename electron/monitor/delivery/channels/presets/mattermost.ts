import { z } from 'zod';
import { chatText } from '../../chat-text.ts';
import { httpKind, jsonRequest, refusedIf } from '../../http/http-kind.ts';

/** Source: https://developers.mattermost.com/integrate/webhooks/incoming/ */
export const mattermost = httpKind({
  kind: 'mattermost',
  options: z.strictObject({
    url: z.url().describe('Incoming webhook of the channel'),
    allowPrivate: z.boolean().default(false).describe('Allow a server in your own network'),
  }),
  secrets: ['url'],
  request({ url, allowPrivate }, alerts) {
    const { title, body } = chatText(alerts);
    return jsonRequest(url, { text: `**${title}**\n${body}` }, { allowPrivate });
  },
  // Error ids where the webhook was removed, or its channel or user may not be posted to or post.
  failureKind: refusedIf(/web\.incoming_webhook\.(invalid|channel|channel_locked|permissions|user)\./),
});
