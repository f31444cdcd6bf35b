import { z } from 'zod';
import { optionText } from '../../../../../shared/messages/option-text.ts';
import { chatText, greatestSeverity } from '../../chat-text.ts';
import { httpKind, jsonRequest, urlAt } from '../../http/http-kind.ts';

const PRIORITIES = { info: 4, warning: 6, critical: 9 } as const;

/** Sources: https://gotify.net/docs/pushmsg, https://gotify.net/api-docs */
export const gotify = httpKind({
  kind: 'gotify',
  options: z.strictObject({
    server: z.url().meta({ examples: ['https://gotify.example'] }),
    token: z.string().min(1).describe(optionText('option.application-token')),
    allowPrivate: z.boolean().default(false).describe(optionText('option.allow-own-server')),
  }),
  secrets: ['token'],
  request({ server, token, allowPrivate }, alerts) {
    const { title, body } = chatText(alerts);
    const message = { title, message: body, priority: PRIORITIES[greatestSeverity(alerts)] };
    const url = urlAt(server, '/message');
    return jsonRequest(url, message, { headers: { 'x-gotify-key': token }, allowPrivate });
  },
});
