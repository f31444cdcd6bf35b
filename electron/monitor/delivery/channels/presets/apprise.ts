import { z } from 'zod';
import type { FailureKind } from '../../../../../shared/domain/delivery.ts';
import { optionText } from '../../../../../shared/messages/option-text.ts';
import { chatText, greatestSeverity } from '../../chat-text.ts';
import { httpKind, jsonRequest, refusedIf, urlAt } from '../../http/http-kind.ts';

const TYPES = { info: 'info', warning: 'warning', critical: 'failure' } as const;

/** Its statuses for a configuration that does not exist, and for a service that could not be notified. */
const FAILURES: Readonly<Record<number, FailureKind>> = { 204: 'refused', 424: 'unreachable' };

/** An Apprise API server, which forwards alerts to a hundred services. Source: https://github.com/caronc/apprise-api */
export const apprise = httpKind({
  kind: 'apprise',
  options: z.strictObject({
    server: z.url().meta({ examples: ['http://127.0.0.1:8000'] }),
    key: z
      .string()
      .regex(/^[\w-]{1,128}$/, optionText('option.not-a-configuration-key'))
      .describe(optionText('option.configuration-key')),
    tag: z.string().optional().describe(optionText('option.tag')),
    allowPrivate: z.boolean().default(false).describe(optionText('option.allow-own-server')),
  }),
  secrets: ['key'],
  request({ server, key, tag, allowPrivate }, alerts) {
    const message = { ...chatText(alerts), type: TYPES[greatestSeverity(alerts)], ...(tag && { tag }) };
    return jsonRequest(urlAt(server, `/notify/${key}`), message, { allowPrivate });
  },
  failureKind: (response) => FAILURES[response.status] ?? refusedIf(/tag definition/)(response),
});
