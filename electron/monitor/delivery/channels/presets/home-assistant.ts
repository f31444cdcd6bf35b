import { z } from 'zod';
import { chatText } from '../../chat-text.ts';
import { httpKind, jsonRequest, refusedIf, urlAt } from '../../http/http-kind.ts';

/** Sources: https://developers.home-assistant.io/docs/api/rest and https://www.home-assistant.io/integrations/notify/ */
export const homeAssistant = httpKind({
  kind: 'home-assistant',
  options: z.strictObject({
    server: z.url().describe('e.g. http://homeassistant.local:8123'),
    action: z
      .string()
      .regex(/^\w+$/, 'is not the name of an action')
      .default('persistent_notification')
      .describe('What follows "notify." in the name of the action, e.g. mobile_app_phone'),
    token: z.string().min(1).describe('Long-lived access token'),
    allowPrivate: z.boolean().default(true).describe('Allow a server in your own network'),
  }),
  secrets: ['token'],
  request({ server, action, token, allowPrivate }, alerts) {
    const { title, body } = chatText(alerts);
    const url = urlAt(server, `/api/services/notify/${action}`);
    const headers = { authorization: `Bearer ${token}` };
    return jsonRequest(url, { title, message: body }, { headers, allowPrivate });
  },
  // "Bad Request" and no more where there is no such action.
  failureKind: refusedIf(/^/),
});
