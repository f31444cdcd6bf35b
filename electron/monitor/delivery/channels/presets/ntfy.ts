import { z } from 'zod';
import { optionText } from '../../../../../shared/messages/option-text.ts';
import { chatText, cutBytes, greatestSeverity } from '../../chat-text.ts';
import { httpKind, jsonRequest, refusedIf } from '../../http/http-kind.ts';

const PRIORITIES = { info: 3, warning: 4, critical: 5 } as const;

/**
 * Sources: https://docs.ntfy.sh/publish/#publish-as-json, https://docs.ntfy.sh/publish/#limitations (lengths in bytes, rates), and the
 * codes of errors: server/errors.go in https://github.com/binwiederhier/ntfy
 */
export const ntfy = httpKind({
  kind: 'ntfy',
  options: z.strictObject({
    server: z.url().default('https://ntfy.sh'),
    topic: z.string().regex(/^[\w-]{1,64}$/, optionText('option.not-a-topic')),
    token: z.string().optional().describe(optionText('option.topic-token')),
    allowPrivate: z.boolean().default(false).describe(optionText('option.allow-own-server')),
  }),
  secrets: ['topic', 'token'],
  limits: { rate: { burst: 60, everyMs: 5_000 } },
  request({ server, topic, token, allowPrivate }, alerts) {
    const { title, body } = chatText(alerts);
    const message = {
      topic,
      title: cutBytes(title, 1_000),
      message: cutBytes(body, 4_096),
      priority: PRIORITIES[greatestSeverity(alerts)],
    };
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return jsonRequest(server, message, { headers, allowPrivate });
  },
  // The topic is invalid, or its name is not allowed.
  failureKind: refusedIf(/"code":\s*(40009|40010)\b/),
  // The limit of messages a day. Clients that go on regardless may be banned.
  waitMs: ({ text }) => (/"code":\s*42908\b/.test(text) ? 3_600_000 : undefined),
});
