import { z } from 'zod';
import { alertSchema } from '../../../shared/domain/alert.ts';
import { alertMessage } from '../../../shared/domain/alert-message.ts';
import type { Inhibitor } from '../../../shared/domain/inhibitor.ts';
import { END_REASONS, type Resolution } from '../../../shared/domain/resolution.ts';
import { text } from '../../../shared/messages/message.ts';
import type { RaisedAlert } from './channel.ts';

const ALERT_TYPE = 'crypto-price-monitor.alert.v1';
const RESOLVED_TYPE = 'crypto-price-monitor.alert-resolved.v1';

/**
 * An alert as programs receive it: CloudEvents 1.0 in JSON (structured mode). Within version 1, fields are only added. `id` is
 * the same whenever the alert is delivered again. Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
export const envelopeSchema = z.strictObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1),
  source: z.literal('/crypto-price-monitor'),
  /** An alert or, for channels that request them, a resolved event. */
  type: z.enum([ALERT_TYPE, RESOLVED_TYPE]),
  /** The coin's id. */
  subject: z.string().min(1),
  /** The time of the price that raised the alert, or that resolved it. */
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
    inhibitedBy: z
      .object({
        alertId: z.string().describe("The id of the leading coin's alert"),
        coin: z.string().describe('The leading coin'),
        beta: z.number().describe('How much the coin moves for each per cent of the leading coin'),
        beyondPct: z.number().describe('How far it moved beyond that, in per cent'),
      })
      .optional()
      .describe('Only where the alert follows one of the leading coin, so that people are not notified'),
    resolution: z
      .object({
        alertId: z.string().describe('The id of the event that the alert was raised'),
        resolvedAt: z.iso.datetime().describe('Time of the price that resolved it'),
        reason: z.enum(END_REASONS),
        durationSeconds: z.number().describe('From observedAt to resolvedAt'),
        extreme: z
          .object({
            price: z.number().positive(),
            observedAt: z.iso.datetime(),
            figures: alertSchema.shape.figures,
          })
          .describe('The price furthest in the direction of the alert, and the figures of the rule then'),
      })
      .optional()
      .describe('Only where the alert is resolved'),
  }),
});
export type Envelope = z.infer<typeof envelopeSchema>;

export function envelopeOf(alert: RaisedAlert): Envelope {
  const { id, rule, kind, params, severity, coinId, vsCurrency, source, price, direction, figures } = alert;
  const observedAt = new Date(alert.observedAt).toISOString();
  const { inhibitedBy, resolution } = alert;
  return {
    specversion: '1.0',
    id,
    source: '/crypto-price-monitor',
    type: resolution === undefined ? ALERT_TYPE : RESOLVED_TYPE,
    subject: coinId,
    time: resolution === undefined ? observedAt : new Date(resolution.resolvedAt).toISOString(),
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
      ...(inhibitedBy !== undefined && { inhibitedBy: inhibitorData(inhibitedBy) }),
      ...(resolution !== undefined && { resolution: resolutionData(alert, resolution) }),
    },
  };
}

function inhibitorData({ coinId, ...others }: Inhibitor) {
  return { coin: coinId, ...others };
}

function resolutionData(alert: RaisedAlert, { alertId, resolvedAt, reason, extreme }: Resolution) {
  return {
    alertId,
    resolvedAt: new Date(resolvedAt).toISOString(),
    reason,
    durationSeconds: (resolvedAt - alert.observedAt) / 1_000,
    extreme: { ...extreme, observedAt: new Date(extreme.observedAt).toISOString() },
  };
}
