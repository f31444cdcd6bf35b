import { z } from 'zod';
import { chatText, cut } from '../../chat-text.ts';
import { httpKind, jsonRequest, refusedIf } from '../../http/http-kind.ts';

/**
 * A message has at most 5,000 characters by default (Message_MaxAllowedSize).
 * Sources: https://docs.rocket.chat/docs/integrations,
 * https://github.com/RocketChat/Rocket.Chat/blob/develop/apps/meteor/app/integrations/server/api/api.ts
 */
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
  // 404 before version 7 where the webhook was removed, 400 since; the others are of its channel and its user.
  failureKind: refusedIf(/Invalid integration id or token|invalid-channel|not-allowed|archived|muted/),
});
