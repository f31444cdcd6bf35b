import { z } from 'zod';
import { chatText, cut } from '../../chat-text.ts';
import { httpKind, jsonRequest } from '../../http/http-kind.ts';

/** Source: https://docs.rocket.chat/docs/integrations; a message has at most 5,000 characters by default. */
export const rocketChat = httpKind({
  kind: 'rocket-chat',
  options: z.strictObject({
    url: z.url().describe('Incoming webhook of the channel'),
    allowPrivate: z.boolean().default(false).describe('Allow a server in your own network'),
  }),
  secrets: ['url'],
  request({ url, allowPrivate }, alerts) {
    const { title, body } = chatText(alerts);
    return jsonRequest(url, { text: cut(`*${title}*\n${body}`, 5_000) }, { allowPrivate });
  },
});
