import { z } from 'zod';
import { optionText } from '../../../../../shared/messages/option-text.ts';
import { chatText, cutBytes, greatestSeverity } from '../../chat-text.ts';
import { httpKind, jsonRequest } from '../../http/http-kind.ts';

const PRIORITIES = { info: 3, warning: 4, critical: 5 } as const;

/** Source: https://docs.ntfy.sh/publish/#publish-as-json */
export const ntfy = httpKind({
  kind: 'ntfy',
  options: z.strictObject({
    server: z.url().default('https://ntfy.sh'),
    topic: z.string().regex(/^[\w-]{1,64}$/, optionText('option.not-a-topic')),
    token: z.string().optional().describe(optionText('option.topic-token')),
    allowPrivate: z.boolean().default(false).describe(optionText('option.allow-own-server')),
  }),
  secrets: ['topic', 'token'],
  // https://docs.ntfy.sh/publish/#limitations
  limits: { rate: { burst: 60, everyMs: 5_000 } },
  request({ server, topic, token, allowPrivate }, alerts) {
    const { title, body } = chatText(alerts);
    const message = {
      topic,
      title,
      message: cutBytes(body, 4_096),
      priority: PRIORITIES[greatestSeverity(alerts)],
    };
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return jsonRequest(server, message, { headers, allowPrivate });
  },
});
