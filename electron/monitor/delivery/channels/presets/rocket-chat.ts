import { z } from 'zod';
import { optionText } from '../../../../../shared/messages/option-text.ts';
import { chatText, cut } from '../../chat-text.ts';
import { httpKind, jsonRequest, refusedIf } from '../../http/http-kind.ts';

/**
 * Sources: https://docs.rocket.chat/docs/integrations (an incoming webhook takes JSON with the field `text`), and of
 * https://github.com/RocketChat/Rocket.Chat: app/integrations/server/api/api.ts (the responses: 503 while the webhook is off,
 * 400 with the error), app/lib/server/functions/processWebhookMessage.ts (the fields) and app/api/server/ApiClass.ts (429) below
 * apps/meteor. By default a message has at most 5,000 characters (the setting Message_MaxAllowedSize), and a server accepts ten a
 * minute (https://docs.rocket.chat/rate-limiter); a server may have changed both.
 */
export const rocketChat = httpKind({
  kind: 'rocket-chat',
  options: z.strictObject({
    url: z.url().describe(optionText('option.incoming-webhook')),
    allowPrivate: z.boolean().default(false).describe(optionText('option.allow-own-server')),
  }),
  secrets: ['url'],
  limits: { rate: { burst: 10, everyMs: 6_000 } },
  request({ url, allowPrivate }, alerts) {
    const { title, body } = chatText(alerts);
    return jsonRequest(url, { text: cut(`*${title}*\n${body}`, 5_000) }, { allowPrivate });
  },
  // 404 before version 7 if the webhook was removed, 400 since; the others concern its channel and its user.
  failureKind: refusedIf(/Invalid integration id or token|invalid-channel|not-allowed|archived|muted/),
  waitMs({ status, headers }, now) {
    const reset = Number(headers.get('x-ratelimit-reset'));
    return status === 429 && reset > now ? reset - now : undefined;
  },
});
