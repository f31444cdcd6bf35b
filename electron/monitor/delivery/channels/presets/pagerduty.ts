import { z } from 'zod';
import { optionText } from '../../../../../shared/messages/option-text.ts';
import { chatText, cut, greatestSeverity } from '../../chat-text.ts';
import { envelopeOf } from '../../envelope.ts';
import { httpKind, jsonRequest, refusedIf, urlAt } from '../../http/http-kind.ts';

/**
 * With `sendResolved`, an incident is resolved with its alert. After a 429, wait "a few minutes".
 * Sources: https://developer.pagerduty.com/docs/send-alert-event, https://developer.pagerduty.com/docs/events-api-v2-overview
 */
export const pagerduty = httpKind({
  kind: 'pagerduty',
  isForPeople: false,
  options: z.strictObject({
    routingKey: z
      .string()
      .length(32, optionText('option.not-an-integration-key'))
      .describe(optionText('option.integration-key')),
    apiUrl: z.url().default('https://events.pagerduty.com').describe(optionText('option.pagerduty-url')),
  }),
  secrets: ['routingKey'],
  request: ({ routingKey, apiUrl }, alerts) =>
    jsonRequest(urlAt(apiUrl, '/v2/enqueue'), {
      routing_key: routingKey,
      event_action: alerts[0]?.resolution === undefined ? 'trigger' : 'resolve',
      dedup_key: (alerts[0]?.resolution?.alertId ?? alerts[0]?.id ?? '').slice(0, 255),
      payload: {
        summary: cut(chatText(alerts).title, 1_024),
        source: alerts[0]?.source ?? 'crypto-price-monitor',
        severity: greatestSeverity(alerts),
        timestamp: new Date(alerts[0]?.observedAt ?? 0).toISOString(),
        component: alerts[0]?.coinId ?? '',
        custom_details: { alerts: alerts.map((alert) => envelopeOf(alert).data) },
      },
    }),
  failureKind: refusedIf(/routing.key/i),
  waitMs: ({ status }) => (status === 429 ? 180_000 : undefined),
});
