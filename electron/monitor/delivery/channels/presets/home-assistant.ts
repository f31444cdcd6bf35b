import { z } from 'zod';
import { optionText } from '../../../../../shared/messages/option-text.ts';
import { chatText } from '../../chat-text.ts';
import { httpKind, jsonRequest, refusedIf, urlAt } from '../../http/http-kind.ts';

/**
 * Sources: https://developers.home-assistant.io/docs/api/rest (POST /api/services/<domain>/<service>, the token, the statuses);
 * https://www.home-assistant.io/integrations/notify/ (the actions, `message` and `title`);
 * https://www.home-assistant.io/actions/notify.send_message/ (entities that do not support titles get the message without it).
 * Status 400 for an unknown action: homeassistant/components/api in its repository.
 */
export const homeAssistant = httpKind({
  kind: 'home-assistant',
  options: z.strictObject({
    server: z.url().meta({ examples: ['http://homeassistant.local:8123'] }),
    action: z
      .string()
      .regex(/^\w+$/, optionText('option.not-an-action'))
      .default('persistent_notification')
      .describe(optionText('option.action')),
    entity: z
      .string()
      .regex(/^notify\.\w+$/, optionText('option.not-a-notify-entity'))
      .optional()
      .describe(optionText('option.notify-entity')),
    token: z.string().min(1).describe(optionText('option.long-lived-token')),
    allowPrivate: z.boolean().default(true).describe(optionText('option.allow-own-server')),
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
