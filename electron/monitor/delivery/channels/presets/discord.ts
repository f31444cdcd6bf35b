import { z } from 'zod';
import { optionText } from '../../../../../shared/messages/option-text.ts';
import { chatText, cut } from '../../chat-text.ts';
import { httpKind, jsonRequest, refusedIf } from '../../http/http-kind.ts';

/**
 * Sources: https://docs.discord.com/developers/resources/webhook#execute-webhook, …/topics/rate-limits,
 * …/topics/opcodes-and-status-codes#json
 */
export const discord = httpKind({
  kind: 'discord',
  options: z.strictObject({ url: z.url().describe(optionText('option.webhook-of-channel')) }),
  secrets: ['url'],
  limits: { rate: { burst: 5, everyMs: 2_000 } },
  request({ url }, alerts) {
    const { title, body } = chatText(alerts);
    const target = new URL(url);
    // Without it, a message that is not saved also counts as a success.
    target.searchParams.set('wait', 'true');
    return jsonRequest(target.href, {
      content: cut(`**${title}**\n${body}`, 2_000),
      allowed_mentions: { parse: [] },
    });
  },
  // The webhook of a forum, whose URL needs the `thread_id` of a post.
  failureKind: refusedIf(/"code":\s*22000[1-4]\b/),
  // A webhook that was deleted: repeated requests "will result in a temporary restriction".
  waitMs: ({ status }) => (status === 404 ? 3_600_000 : undefined),
});
