import { z } from 'zod';
import { optionText } from '../../../../../shared/messages/option-text.ts';
import { chatText } from '../../chat-text.ts';
import { httpKind, jsonRequest, refusedIf } from '../../http/http-kind.ts';

/** Source: https://developers.mattermost.com/integrate/webhooks/incoming/ */
export const mattermost = httpKind({
  kind: 'mattermost',
  options: z.strictObject({
    url: z.url().describe(optionText('option.incoming-webhook')),
    allowPrivate: z.boolean().default(false).describe(optionText('option.allow-own-server')),
  }),
  secrets: ['url'],
  request({ url, allowPrivate }, alerts) {
    const { title, body } = chatText(alerts);
    return jsonRequest(url, { text: `**${title}**\n${body}` }, { allowPrivate });
  },
  // Error ids if the webhook was removed, its channel is locked, or its user may not post.
  failureKind: refusedIf(/web\.incoming_webhook\.(invalid|channel|channel_locked|permissions|user)\./),
});
