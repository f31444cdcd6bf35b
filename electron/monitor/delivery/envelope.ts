import { z } from 'zod';
import { alertSchema } from '../../../shared/domain/alert.ts';
import { alertMessage } from '../../../shared/domain/alert-message.ts';
import { text } from '../../../shared/messages/message.ts';
import type { RaisedAlert } from './channel.ts';

/**
 * An alert as machines get it: CloudEvents 1.0 in JSON (structured mode). Within version 1, fields are only added. `id` is
 * the same whenever the alert is delivered again. Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
export const envelopeSchema = z.strictObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1),
  source: z.literal('/crypto-price-monitor'),
  type: z.literal('crypto-price-monitor.alert.v1'),
  /** The coin's id. */
  subject: z.string().min(1),
  /** When the price was observed. */
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  data: z.object({
    rule: z.string().describe('Id of the rule'),
    kind: z.string().describe('Kind of the rule, e.g. moving-average'),
    params: alertSchema.shape.params.describe('Parameters of the rule when it fired'),
    severity: alertSchema.shape.severity,
    coin: z.string().describe('CoinGecko id'),
    currency: z.string().describe('Quote currency, e.g. usd'),
    priceSource: z.string().describe('Where the price comes from, e.g. kraken'),
    price: z.number().positive(),
    direction: alertSchema.shape.direction,
    figures: alertSchema.shape.figures.describe('The numbers behind the alert, e.g. average, changePct'),
    observedAt: z.iso.datetime().describe('Time of the price'),
    raisedAt: z.iso.datetime().describe('Time at which the program raised the alert'),
    message: z.string().describe('What happened, in English'),
  }),
});
export type Envelope = z.infer<typeof envelopeSchema>;

export function envelopeOf(alert: RaisedAlert): Envelope {
  const { id, rule, kind, params, severity, coinId, vsCurrency, source, price, direction, figures } = alert;
  const observedAt = new Date(alert.observedAt).toISOString();
  return {
    specversion: '1.0',
    id,
    source: '/crypto-price-monitor',
    type: 'crypto-price-monitor.alert.v1',
    subject: coinId,
    time: observedAt,
    datacontenttype: 'application/json',
    data: {
      rule,
      kind,
      params,
      severity,
      coin: coinId,
      currency: vsCurrency,
      priceSource: source,
      price,
      direction,
      figures,
      observedAt,
      raisedAt: new Date(alert.raisedAt).toISOString(),
      message: text(alertMessage(alert)),
    },
  };
}
