import { z } from 'zod';
import { optionText } from '../../../../../shared/messages/option-text.ts';
import { chatText, cut, greatestSeverity } from '../../chat-text.ts';
import { httpKind, jsonRequest, refusedIf, urlAt } from '../../http/http-kind.ts';

const PRIORITIES = { info: -1, warning: 0, critical: 1 } as const;

/** Source: https://pushover.net/api */
export const pushover = httpKind({
  kind: 'pushover',
  options: z.strictObject({
    token: z
      .string()
      .length(30, optionText('option.not-an-application-token'))
      .describe(optionText('option.application-token')),
    user: z.string().length(30, optionText('option.not-a-user-key')).describe(optionText('option.user-key')),
    apiUrl: z.url().default('https://api.pushover.net'),
  }),
  secrets: ['token', 'user'],
  request({ token, user, apiUrl }, alerts) {
    const { title, body } = chatText(alerts);
    return jsonRequest(urlAt(apiUrl, '/1/messages.json'), {
      token,
      user,
      title: cut(title, 250),
      message: cut(body, 1_024),
      priority: PRIORITIES[greatestSeverity(alerts)],
      timestamp: Math.floor((alerts[0]?.observedAt ?? 0) / 1_000),
    });
  },
  failureKind: refusedIf(/"(token|user)":\s*"invalid"/),
  // Until the first day of the next month if the quota is used up. Many failures within minutes would block the client's address.
  waitMs({ status, headers }, now) {
    const reset = Number(headers.get('x-limit-app-reset')) * 1_000;
    if (status === 429 && reset > now) return reset - now;
    return status >= 500 ? 5_000 : 60_000;
  },
});
