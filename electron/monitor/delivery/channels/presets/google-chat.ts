import { z } from 'zod';
import { chatText } from '../../chat-text.ts';
import { httpKind, jsonRequest } from '../../http/http-kind.ts';

/** Source: https://developers.google.com/workspace/chat/quickstart/webhooks */
export const googleChat = httpKind({
  kind: 'google-chat',
  options: z.strictObject({ url: z.url().describe('Webhook of the space') }),
  secrets: ['url'],
  limits: { rate: { burst: 1, everyMs: 1_000 } },
  request({ url }, alerts) {
    const { title, body } = chatText(alerts);
    return jsonRequest(url, { text: `*${title}*\n${body}` });
  },
});
