import { z } from 'zod';
import { chatText, cut, greatestSeverity } from '../../chat-text.ts';
import { httpKind, jsonRequest } from '../../http/http-kind.ts';

const PRIORITIES = { info: -1, warning: 0, critical: 1 } as const;

/** Source: https://pushover.net/api */
export const pushover = httpKind({
  kind: 'pushover',
  options: z.strictObject({
    token: z.string().length(30, 'is not the token of an application').describe('Token of the application'),
    user: z
      .string()
      .length(30, 'is not the key of a user or a group')
      .describe('Key of the user or the group'),
    apiUrl: z.url().default('https://api.pushover.net'),
  }),
  secrets: ['token', 'user'],
  request({ token, user, apiUrl }, alerts) {
    const { title, body } = chatText(alerts);
    return jsonRequest(`${apiUrl}/1/messages.json`, {
      token,
      user,
      title: cut(title, 250),
      message: cut(body, 1_024),
      priority: PRIORITIES[greatestSeverity(alerts)],
      timestamp: Math.floor((alerts[0]?.observedAt ?? 0) / 1_000),
    });
  },
});
