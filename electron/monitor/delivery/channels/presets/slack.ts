import { z } from 'zod';
import { optionText } from '../../../../../shared/messages/option-text.ts';
import { chatText } from '../../chat-text.ts';
import { httpKind, jsonRequest, refusedIf } from '../../http/http-kind.ts';

/**
 * Sources: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks,
 * https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks
 */
export const slack = httpKind({
  kind: 'slack',
  options: z.strictObject({ url: z.url().describe(optionText('option.incoming-webhook')) }),
  secrets: ['url'],
  limits: { rate: { burst: 1, everyMs: 1_000 } },
  request({ url }, alerts) {
    const { title, body } = chatText(alerts);
    return jsonRequest(url, { text: `*${escaped(title)}*\n${escaped(body)}` });
  },
  failureKind: refusedIf(/user_not_found/),
});

/** Source: https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
