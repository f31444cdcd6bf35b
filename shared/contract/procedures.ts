import { z } from 'zod';
import { alertSchema } from '../domain/alert.ts';
import { alertCursorSchema } from '../domain/alert-query.ts';
import { volumeKindSchema } from '../domain/candle.ts';
import { candleSeriesSchema } from '../domain/candle-series.ts';
import { channelKindSchema, channelSchema, channelTestSchema } from '../domain/channel.ts';
import { alertDeliverySchema } from '../domain/delivery.ts';
import { foundCoinSchema } from '../domain/found-coin.ts';
import { intervalLengthMs, intervalSchema } from '../domain/interval.ts';
import { snapshotSchema } from '../domain/snapshot.ts';
import { says } from '../messages/fault-of-issue.ts';
import { message } from '../messages/message.ts';
import { faultOfApiKey } from '../settings/api-key.ts';
import { settingsSchema } from '../settings/settings.ts';
import { settingsViewSchema } from './settings-view.ts';

const LONGEST_KEY = 200;

const apiKeySchema = z
  .string()
  .trim()
  .min(1)
  .refine((key) => key.length <= LONGEST_KEY, says(message('value.key-too-long')))
  .check(({ value, issues }) => {
    const fault = faultOfApiKey(value);
    if (fault !== null) issues.push({ code: 'custom', input: value, ...says(fault) });
  });

/** The most candles in one answer. */
const MOST_CANDLES = 1_000;

/**
 * What a page can ask of the monitor. Each host serves this table, the page's client is typed by it, and both
 * sides check what they receive with these schemas. A new procedure is one entry here and one in `monitor/procedures/procedures.ts`.
 */
export const procedures = {
  snapshot: { input: z.strictObject({}), output: snapshotSchema },
  /** The newest `limit` candles that start before `before` (now, when absent). Fails while the database is away. */
  candles: {
    input: z.strictObject({
      coinId: z.string().min(1),
      interval: intervalSchema,
      limit: z.number().int().min(1).max(MOST_CANDLES),
      before: z.number().int().optional(),
      /** The kind of volume that is wanted; the one that more of the candles have, when absent. */
      volumeKind: volumeKindSchema.optional(),
    }),
    output: candleSeriesSchema,
  },
  /** A page of alerts, newest first; the newest are there also while the database is away. */
  alerts: {
    input: z.strictObject({
      limit: z.number().int().min(1).max(200),
      before: alertCursorSchema.optional(),
    }),
    output: z.object({ alerts: z.array(alertSchema).readonly(), next: alertCursorSchema.nullable() }),
  },
  /**
   * The alerts of a coin in a stretch of time, oldest first, for a chart: of each candle the first that rose and the first
   * that fell. While the database is away, those of the newest that are kept locally.
   */
  'alerts.range': {
    input: z
      .strictObject({
        coinId: z.string().min(1),
        interval: intervalSchema,
        from: z.number().int(),
        /** Not included. */
        to: z.number().int(),
      })
      .refine(({ interval, from, to }) => to - from <= MOST_CANDLES * intervalLengthMs(interval), {
        ...says(message('call.too-many-candles', { most: MOST_CANDLES })),
        path: ['to'],
      }),
    output: z.array(alertSchema).readonly(),
  },
  /** How far the delivery of alerts is on every channel that took them over. The newest 500 alerts are known, and what waits. */
  'alerts.deliveries': {
    input: z.strictObject({ alertIds: z.array(z.string().min(1)).max(200) }),
    output: z.array(alertDeliverySchema).readonly(),
  },
  /** The kinds of channels that can be set up. */
  'channels.kinds': { input: z.strictObject({}), output: z.array(channelKindSchema).readonly() },
  /** The channels and how they are doing. */
  'channels.list': { input: z.strictObject({}), output: z.array(channelSchema).readonly() },
  /** Delivers a test alert to a channel that is open; what waits for the channel does not wait for it. */
  'channels.test': { input: z.strictObject({ id: z.string().min(1) }), output: channelTestSchema },
  /** Tries once more what a channel gave up: the named alerts, or all. */
  'channels.send-again': {
    input: z.strictObject({
      id: z.string().min(1),
      alertIds: z.array(z.string().min(1)).max(1_000).optional(),
    }),
    output: z.object({ count: z.number().int().nonnegative() }),
  },
  /** Coins by name, symbol or id, the best known first. Fails while the provider cannot be asked and no list is known. */
  'coins.search': {
    input: z.strictObject({ query: z.string().trim().min(1).max(100) }),
    output: z.array(foundCoinSchema).readonly(),
  },
  /** Codes of the quote currencies that the provider has. */
  currencies: { input: z.strictObject({}), output: z.array(z.string()).readonly() },
  'settings.get': { input: z.strictObject({}), output: settingsViewSchema },
  /**
   * Writes the named settings to settings.json; refuses the whole when one is wrong, naming it. A password in the place of
   * `***`, or an API key, has to come with a change of the server that it would be sent to.
   */
  'settings.set': {
    input: settingsSchema.partial().extend({ coingeckoApiKey: apiKeySchema.optional() }),
    output: settingsViewSchema,
  },
  /** Ends a problem that is kept until then; one that is not there is no error. */
  'notices.dismiss': { input: z.strictObject({ id: z.string().min(1).max(100) }), output: z.object({}) },
  /**
   * Keeps a secret for the server that the settings name, or forgets it when `value` is null. It counts from the next start
   * and is never given back.
   */
  'secrets.set': {
    input: z.strictObject({
      name: z.enum(['coingeckoApiKey']),
      value: apiKeySchema.nullable(),
    }),
    output: settingsViewSchema,
  },
} as const satisfies Record<string, { input: z.ZodType; output: z.ZodType }>;

export type ProcedureName = keyof typeof procedures;
export type ProcedureInput<P extends ProcedureName> = z.input<(typeof procedures)[P]['input']>;
/** What an implementation receives: the input after its schema filled in defaults. */
export type ParsedInput<P extends ProcedureName> = z.output<(typeof procedures)[P]['input']>;
export type ProcedureOutput<P extends ProcedureName> = z.output<(typeof procedures)[P]['output']>;
