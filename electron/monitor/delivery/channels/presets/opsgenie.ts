import { z } from 'zod';
import { optionText } from '../../../../../shared/messages/option-text.ts';
import { chatText, cut, greatestSeverity } from '../../chat-text.ts';
import { httpKind, jsonRequest, refusedIf, urlAt } from '../../http/http-kind.ts';

const PRIORITIES = { info: 'P5', warning: 'P3', critical: 'P1' } as const;

/**
 * With `sendResolved`, an alert is closed when it is resolved.
 * Source: https://docs.opsgenie.com/docs/alert-api#create-alert, https://docs.opsgenie.com/docs/alert-api#close-alert
 */
export const opsgenie = httpKind({
  kind: 'opsgenie',
  isForPeople: false,
  options: z.strictObject({
    apiKey: z.string().min(1).describe(optionText('option.api-integration-key')),
    apiUrl: z.url().default('https://api.opsgenie.com').describe(optionText('option.opsgenie-url')),
  }),
  secrets: ['apiKey'],
  request({ apiKey, apiUrl }, alerts) {
    const { title, body } = chatText(alerts);
    const headers = { authorization: `GenieKey ${apiKey}` };
    const resolved = alerts[0]?.resolution;
    if (resolved !== undefined) {
      const alias = encodeURIComponent(resolved.alertId.slice(0, 512));
      const close = { source: 'crypto-price-monitor', note: cut(body, 25_000) };
      return jsonRequest(urlAt(apiUrl, `/v2/alerts/${alias}/close?identifierType=alias`), close, { headers });
    }
    const message = {
      message: cut(title, 130),
      alias: (alerts[0]?.id ?? '').slice(0, 512),
      description: cut(body, 15_000),
      priority: PRIORITIES[greatestSeverity(alerts)],
      source: 'crypto-price-monitor',
      tags: [...new Set(alerts.map(({ coinId }) => cut(coinId, 50)))].slice(0, 20),
    };
    return jsonRequest(urlAt(apiUrl, '/v2/alerts'), message, { headers });
  },
  failureKind: refusedIf(/key format/i),
});
