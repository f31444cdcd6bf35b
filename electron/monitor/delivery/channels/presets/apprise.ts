import { z } from 'zod';
import type { FailureKind } from '../../../../../shared/domain/delivery.ts';
import { chatText, greatestSeverity } from '../../chat-text.ts';
import { httpKind, jsonRequest, urlAt } from '../../http/http-kind.ts';

const TYPES = { info: 'info', warning: 'warning', critical: 'failure' } as const;

/** Its statuses for a configuration that does not exist, and for a service that could not be notified. */
const FAILURES: Readonly<Record<number, FailureKind>> = { 204: 'refused', 424: 'unreachable' };

/** An Apprise API server, which forwards alerts to a hundred services. Source: https://github.com/caronc/apprise-api */
export const apprise = httpKind({
  kind: 'apprise',
  options: z.strictObject({
    server: z.url().describe('e.g. http://127.0.0.1:8000'),
    key: z
      .string()
      .regex(/^[\w-]{1,64}$/, 'is not the key of a configuration')
      .describe('Key of the configuration'),
    tag: z.string().optional().describe('Only the services with this tag'),
    allowPrivate: z.boolean().default(false).describe('Allow a server in your own network'),
  }),
  secrets: ['key'],
  request({ server, key, tag, allowPrivate }, alerts) {
    const message = { ...chatText(alerts), type: TYPES[greatestSeverity(alerts)], ...(tag && { tag }) };
    return jsonRequest(urlAt(server, `/notify/${key}`), message, { allowPrivate });
  },
  failureKind: ({ status }) => FAILURES[status],
});
