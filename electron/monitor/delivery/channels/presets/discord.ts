import { z } from 'zod';
import { optionText } from '../../../../../shared/messages/option-text.ts';
import { chatText, cut } from '../../chat-text.ts';
import { httpKind, jsonRequest } from '../../http/http-kind.ts';

/** Source: https://docs.discord.com/developers/resources/webhook#execute-webhook, …/topics/rate-limits */
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
});
