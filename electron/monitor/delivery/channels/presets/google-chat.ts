import { z } from 'zod';
import { optionText } from '../../../../../shared/messages/option-text.ts';
import { chatText, cutBytes } from '../../chat-text.ts';
import { httpKind, jsonRequest } from '../../http/http-kind.ts';

/**
 * A space accepts one message a second from all apps, each of at most 32,000 bytes.
 * Sources: https://developers.google.com/workspace/chat/quickstart/webhooks, …/chat/limits,
 * …/chat/api/reference/rest/v1/spaces.messages/create
 */
export const googleChat = httpKind({
  kind: 'google-chat',
  options: z.strictObject({ url: z.url().describe(optionText('option.webhook-of-space')) }),
  secrets: ['url'],
  limits: { rate: { burst: 1, everyMs: 1_000 } },
  request({ url }, alerts) {
    const { title, body } = chatText(alerts);
    return jsonRequest(url, { text: cutBytes(`*${title}*\n${body}`, 32_000) });
  },
});
