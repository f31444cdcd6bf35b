import { z } from 'zod';
import { optionText } from '../../../../../shared/messages/option-text.ts';
import { chatText } from '../../chat-text.ts';
import { envelopeOf } from '../../envelope.ts';
import { httpKind } from '../../http/http-kind.ts';

/**
 * A request that the user defines. In its body, `{{title}}`, `{{body}}`, `{{id}}`, `{{time}}` and the fields of the envelope's
 * data are replaced by their values, escaped as within a JSON string; `{{json}}` by the envelope.
 */
export const template = httpKind({
  kind: 'template',
  isForPeople: false,
  options: z.strictObject({
    url: z.url().describe(optionText('option.webhook-url')),
    method: z.enum(['POST', 'PUT']).default('POST'),
    contentType: z.string().default('application/json'),
    body: z
      .string()
      .min(1)
      .meta({ examples: ['{"text": "{{title}} {{body}}"}'] }),
    authorization: z.string().optional().describe(optionText('option.authorization')),
    allowPrivate: z.boolean().default(false).describe(optionText('option.allow-own-network')),
  }),
  secrets: ['url', 'authorization'],
  request({ url, method, contentType, body, authorization, allowPrivate }, alerts) {
    const events = alerts.map(envelopeOf);
    const { id, time, data } = events[0] ?? {};
    const values: Readonly<Record<string, unknown>> = { ...chatText(alerts), ...data, id, time };
    const json = JSON.stringify(events.length === 1 ? events[0] : events);
    const filled = body.replace(/\{\{(\w+)\}\}/g, (whole, name: string) =>
      name === 'json' ? json : name in values ? quoted(values[name]) : whole,
    );
    const headers = { 'content-type': contentType, ...(authorization && { authorization }) };
    return { url, method, headers, body: filled, allowPrivate };
  },
});

const quoted = (value: unknown): string => JSON.stringify(String(value ?? '')).slice(1, -1);
