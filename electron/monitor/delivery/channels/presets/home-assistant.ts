import { z } from 'zod';
import { chatText } from '../../chat-text.ts';
import { httpKind, jsonRequest, refusedIf, urlAt } from '../../http/http-kind.ts';

/**
 * Sources: https://developers.home-assistant.io/docs/api/rest (POST /api/services/<domain>/<service>, the token, the statuses);
 * https://www.home-assistant.io/integrations/notify/ (the actions, `message` and `title`, and `send_message` with an
 * `entity_id`, for which no title is documented). Status 400 for an unknown action: homeassistant/components/api in its
 * repository.
 */
export const homeAssistant = httpKind({
  kind: 'home-assistant',
  options: z.strictObject({
    server: z.url().describe('e.g. http://homeassistant.local:8123'),
    action: z
      .string()
      .regex(/^\w+$/, 'is not the name of an action')
      .default('persistent_notification')
      .describe('What follows "notify." in the name of the action, e.g. mobile_app_phone'),
    entity: z
      .string()
      .regex(/^notify\.\w+$/, 'is not the id of a notify entity, e.g. "notify.my_phone"')
      .optional()
      .describe('A notify entity instead of an action, e.g. notify.my_phone'),
    token: z.string().min(1).describe('Long-lived access token'),
    allowPrivate: z.boolean().default(true).describe('Allow a server in your own network'),
  }),
  secrets: ['token'],
  request({ server, action, entity, token, allowPrivate }, alerts) {
    const { title, body } = chatText(alerts);
    const url = urlAt(server, `/api/services/notify/${entity === undefined ? action : 'send_message'}`);
    const fields =
      entity === undefined ? { title, message: body } : { entity_id: entity, message: `${title}\n${body}` };
    return jsonRequest(url, fields, { headers: { authorization: `Bearer ${token}` }, allowPrivate });
  },
  failureKind: refusedIf(/^/),
});
