import { z } from 'zod';
import { optionText } from '../../../../../shared/messages/option-text.ts';
import { cut, plainText } from '../../chat-text.ts';
import { httpKind, jsonFields, jsonRequest, refusedIf, urlAt } from '../../http/http-kind.ts';

const flood = z.object({ parameters: z.object({ retry_after: z.number() }) });

/** What is wrong with the chat, or with the rights of the bot in it. */
const WRONG_CHAT =
  /chat not found|chat_id is empty|PEER_ID_INVALID|upgraded to a supergroup|deactivated|rights|CHAT_WRITE_FORBIDDEN|TOPIC_CLOSED/;

/**
 * Sources: https://core.telegram.org/bots/api#sendmessage, https://core.telegram.org/bots/api#responseparameters. The texts of
 * errors are not documented there; https://github.com/TelegramBotAPI/errors lists those that were seen.
 */
export const telegram = httpKind({
  kind: 'telegram',
  options: z.strictObject({
    token: z
      .string()
      .regex(/^\d+:[\w-]+$/, optionText('option.not-a-bot-token'))
      .describe(optionText('option.bot-token')),
    chatId: z.string().min(1).describe(optionText('option.chat-id')),
    apiUrl: z.url().default('https://api.telegram.org').describe(optionText('option.bot-api-url')),
  }),
  secrets: ['token'],
  // One message a second to a chat, twenty a minute to a group: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
  limits: { rate: { burst: 1, everyMs: 3_000 } },
  request: ({ token, chatId, apiUrl }, alerts) =>
    jsonRequest(urlAt(apiUrl, `/bot${token}/sendMessage`), {
      chat_id: chatId,
      text: cut(plainText(alerts), 4_096),
    }),
  failureKind: refusedIf(WRONG_CHAT),
  waitMs(response) {
    const seconds = flood.safeParse(jsonFields(response)).data?.parameters.retry_after;
    return seconds === undefined ? undefined : seconds * 1_000;
  },
});
