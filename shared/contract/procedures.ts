import { z } from 'zod';
import { alertSchema } from '../domain/alert.ts';
import { alertMarkSchema } from '../domain/alert-mark.ts';
import { alertCursorSchema, alertFilterSchema } from '../domain/alert-query.ts';
import { volumeKindSchema } from '../domain/candle.ts';
import { candleSeriesSchema } from '../domain/candle-series.ts';
import { channelKindSchema, channelTestSchema } from '../domain/channel.ts';
import { alertDeliverySchema } from '../domain/delivery.ts';
import { foundCoinSchema } from '../domain/found-coin.ts';
import { intervalLengthMs, intervalSchema } from '../domain/interval.ts';
import { ruleSchema } from '../domain/rule.ts';
import { rulePhaseSchema } from '../domain/rule-phase.ts';
import { ruleSolutionSchema } from '../domain/rule-solution.ts';
import {
  heldCoinSchema,
  ruleActivitySchema,
  ruleKindSchema,
  rulePreviewSchema,
} from '../domain/rule-view.ts';
import { snapshotSchema } from '../domain/snapshot.ts';
import { exportChoiceSchema, importChoiceSchema, importStateSchema } from '../domain/transfer.ts';
import { says } from '../messages/fault-of-issue.ts';
import { message } from '../messages/message.ts';
import { faultOfApiKey } from '../settings/api-key.ts';
import { channelSettingSchema } from '../settings/channel-setting.ts';
import { muteSchema, muteSubjectSchema, mutesSchema } from '../settings/mutes.ts';
import { pauseSchema } from '../settings/pause.ts';
import { settingsSchema } from '../settings/settings.ts';
import { channelSchema } from './channel-view.ts';
import { settingsViewSchema } from './settings-view.ts';

const MAX_KEY_LENGTH = 200;

const apiKeySchema = z
  .string()
  .trim()
  .min(1)
  .refine((key) => key.length <= MAX_KEY_LENGTH, says(message('value.key-too-long')))
  .check(({ value, issues }) => {
    const fault = faultOfApiKey(value);
    if (fault !== null) issues.push({ code: 'custom', input: value, ...says(fault) });
  });

/** A part of a file in Base64, small enough for one message of a page. */
const chunkSchema = z.base64().max(48_000);

/** The maximum number of candles in one response. */
const MAX_CANDLES = 1_000;

/**
 * The procedures that a page can call. Each host serves this table, the page's client is typed by it, and both sides
 * validate what they receive with these schemas. A new procedure is one entry here and one in
 * `monitor/procedures/procedures.ts`.
 */
export const procedures = {
  snapshot: { input: z.strictObject({}), output: snapshotSchema },
  /** The newest `limit` candles that start before `before` (default: now). Fails while the database is unavailable. */
  candles: {
    input: z.strictObject({
      coinId: z.string().min(1),
      interval: intervalSchema,
      limit: z.number().int().min(1).max(MAX_CANDLES),
      before: z.number().int().optional(),
      /** The kind of volume; if absent, the kind that most of the candles have. */
      volumeKind: volumeKindSchema.optional(),
    }),
    output: candleSeriesSchema,
  },
  /** A page of the alerts that match the filter, newest first. The newest ones are available even while the database is not. */
  alerts: {
    input: z.strictObject({
      limit: z.number().int().min(1).max(200),
      before: alertCursorSchema.optional(),
      filter: alertFilterSchema.optional(),
    }),
    output: z.object({ alerts: z.array(alertSchema).readonly(), next: alertCursorSchema.nullable() }),
  },
  /**
   * The alerts of a coin in a time range, grouped into marks of a chart, oldest first: a mark for each candle and direction with
   * alerts, with their number and some of the alerts. While the database is unavailable, only the newest alerts are included,
   * because these are stored locally.
   */
  'alerts.range': {
    input: z
      .strictObject({
        coinId: z.string().min(1),
        interval: intervalSchema,
        from: z.number().int(),
        /** Exclusive. */
        to: z.number().int(),
      })
      .refine(({ interval, from, to }) => to - from <= MAX_CANDLES * intervalLengthMs(interval), {
        ...says(message('call.too-many-candles', { most: MAX_CANDLES })),
        path: ['to'],
      }),
    output: z.array(alertMarkSchema).readonly(),
  },
  /** The state of alerts on each channel. Covers the newest 500 alerts and all pending ones. */
  'alerts.deliveries': {
    input: z.strictObject({ alertIds: z.array(z.string().min(1)).max(200) }),
    output: z.array(alertDeliverySchema).readonly(),
  },
  /** The ids of the unread alerts, newest first: at most 500; older ones count as read. */
  'alerts.unread': {
    input: z.strictObject({}),
    output: z.object({ alertIds: z.array(z.string()).readonly() }),
  },
  /** The mutes that have not expired. */
  'alerts.mutes': { input: z.strictObject({}), output: mutesSchema.readonly() },
  /** Stops delivering alerts of a coin or a rule to channels that people read, or any to a channel. They are still recorded. */
  'alerts.mute': { input: muteSchema, output: mutesSchema.readonly() },
  'alerts.unmute': { input: muteSubjectSchema, output: mutesSchema.readonly() },
  /**
   * Holds alerts back from all channels that people read, and replaces an earlier pause. The alerts are still recorded, and
   * people get one summary when the pause ends. `status.quiet` reports the pause in force.
   */
  'alerts.pause': { input: pauseSchema, output: z.object({}) },
  'alerts.resume': { input: z.strictObject({}), output: z.object({}) },
  /** Marks alerts as read, or all (null). */
  'alerts.mark-read': {
    input: z.strictObject({ alertIds: z.array(z.string().min(1)).max(500).nullable() }),
    output: z.object({}),
  },
  /**
   * Starts an export, whose content is read with `export.read`. One export or import runs at a time. It is cancelled if the page
   * sends no request for it for a minute.
   */
  'export.start': {
    input: exportChoiceSchema,
    output: z.object({ id: z.string() }),
  },
  /** Starts a backup of the whole database, whose file is read with `export.read`. */
  'backup.start': { input: z.strictObject({}), output: z.object({ id: z.string() }) },
  /**
   * Returns the next part of the file; null after the last one. The parts of a backup are available once its file is complete:
   * until then, `data` is empty and `percent` is the progress. Fails with the error of the export.
   */
  'export.read': {
    input: z.strictObject({ id: z.string().min(1) }),
    output: z.object({ data: z.base64().nullable(), percent: z.number().min(0).max(100).nullable() }),
  },
  /** Starts an import, whose file is written with `import.write`. It is cancelled if the page sends no request for it for a minute. */
  'import.start': { input: importChoiceSchema, output: z.object({ id: z.string() }) },
  /** Resolves when the next part can be sent. */
  'import.write': {
    input: z.strictObject({ id: z.string().min(1), data: chunkSchema, isLast: z.boolean() }),
    output: z.object({}),
  },
  'import.state': { input: z.strictObject({ id: z.string().min(1) }), output: importStateSchema },
  /** Stops an export or import. Rows that were imported until then are kept. */
  'transfer.cancel': { input: z.strictObject({ id: z.string().min(1) }), output: z.object({}) },
  /** The kinds of channels that can be configured. */
  'channels.kinds': { input: z.strictObject({}), output: z.array(channelKindSchema).readonly() },
  /** The channels with their state. */
  'channels.list': { input: z.strictObject({}), output: z.array(channelSchema).readonly() },
  /** Delivers a test alert to an open channel, ahead of its pending alerts. */
  'channels.test': { input: z.strictObject({ id: z.string().min(1) }), output: channelTestSchema },
  /**
   * Adds a channel to the settings, or replaces the one with its id, and stores its secrets: those that are not named stay as they
   * are, and null deletes one. The change is in effect when the call returns.
   *
   * Fails with `conflict` if `shown` is given and the channel was removed or replaced meanwhile, or if a secret was entered for a
   * destination that was changed meanwhile.
   */
  'channels.save': {
    input: z.strictObject({
      channel: channelSettingSchema,
      secrets: z.record(z.string(), z.string().trim().min(1).max(4_000).nullable()).default({}),
      /** Fails if there is already a channel with this id. */
      isNew: z.boolean().default(false),
      /** The channel as the page displayed it. Only fields that differ from it are changed. */
      shown: channelSettingSchema.optional(),
    }),
    output: z.array(channelSchema).readonly(),
  },
  /** Removes a channel with its secrets, and discards its pending deliveries. */
  'channels.remove': {
    input: z.strictObject({ id: z.string().min(1) }),
    output: z.array(channelSchema).readonly(),
  },
  /** Retries dead letters of a channel: the given alerts, or all. */
  'channels.send-again': {
    input: z.strictObject({
      id: z.string().min(1),
      alertIds: z.array(z.string().min(1)).max(1_000).optional(),
    }),
    output: z.object({ count: z.number().int().nonnegative() }),
  },
  /** The kinds of rules that can be chosen. */
  'rules.kinds': { input: z.strictObject({}), output: z.array(ruleKindSchema).readonly() },
  /** The activity of the rules: the last alert of each, and the number of its alerts in the last seven days. */
  'rules.activity': { input: z.strictObject({}), output: z.array(ruleActivitySchema).readonly() },
  /** The current state of each rule and coin, without the inactive ones. */
  'rules.phases': { input: z.strictObject({}), output: z.array(rulePhaseSchema).readonly() },
  /**
   * Writes a rule to settings.json, replacing the one with its id. If it is invalid, the error names the fields: `id`,
   * `params.changePct`, …. Fails with `conflict` if `shown` is given and the rule was removed meanwhile, or was changed in a way
   * that conflicts with this change.
   */
  'rules.save': {
    input: z.strictObject({
      rule: ruleSchema,
      /** Fails if there is already a rule with this id. */
      isNew: z.boolean().default(false),
      /** The index of a new rule in the list; if absent, it is appended. */
      at: z.number().int().nonnegative().optional(),
      /** The rule as the page displayed it. Only fields that differ from it are changed. */
      shown: ruleSchema.optional(),
    }),
    output: settingsViewSchema,
  },
  /** Adds new rules to settings.json, all or none. Fails if there is already a rule with one of their ids. */
  'rules.add': {
    input: z.strictObject({ rules: z.array(ruleSchema).min(1).max(20) }),
    output: settingsViewSchema,
  },
  /** Removes a rule from settings.json; the default rule is reset. An unknown id is not an error. */
  'rules.remove': { input: z.strictObject({ id: z.string().min(1).max(100) }), output: settingsViewSchema },
  /**
   * Runs a rule on the stored prices of the last week. An earlier preview of the same editor is cancelled, and
   * fails. Fails while the database is unavailable.
   */
  'rules.preview': {
    input: z.strictObject({
      /** Chosen by the editor. */
      editor: z.string().min(1).max(64),
      rule: ruleSchema,
      coinId: z.string().min(1),
    }),
    output: rulePreviewSchema,
  },
  /**
   * Returns those of the given coins for which the condition of a rule holds at the newest stored price, evaluated as if the rule
   * had always existed. Is cancelled and fails like `rules.preview`.
   */
  'rules.holding': {
    input: z.strictObject({
      /** Chosen by the editor. */
      editor: z.string().min(1).max(64),
      rule: ruleSchema,
      coinIds: z.array(z.string().min(1)).max(20),
    }),
    output: z.array(heldCoinSchema).readonly(),
  },
  /**
   * The value of a parameter at which the rule would have raised about the given number of alerts a week, for these coins
   * together, on the stored prices of the last days. The value of the parameter in `rule` is ignored. Is cancelled and fails like
   * `rules.preview`; also fails if no prices of these coins are stored.
   */
  'rules.solve': {
    input: z.strictObject({
      /** Chosen by the editor. */
      editor: z.string().min(1).max(64),
      rule: ruleSchema,
      coinIds: z.array(z.string().min(1)).min(1).max(20),
      /** A numeric parameter of the rule's kind with a smallest and a largest value, such as its threshold. */
      param: z.string().min(1).max(64),
      perWeek: z.number().positive().max(1_000),
      days: z.number().min(1).max(365).default(28),
    }),
    output: ruleSolutionSchema,
  },
  /** Coins by name, symbol or id, largest first. Fails while the provider is unavailable and no list is cached. */
  'coins.search': {
    input: z.strictObject({ query: z.string().trim().min(1).max(100) }),
    output: z.array(foundCoinSchema).readonly(),
  },
  /** Codes of the quote currencies that the provider supports. */
  currencies: { input: z.strictObject({}), output: z.array(z.string()).readonly() },
  'settings.get': { input: z.strictObject({}), output: settingsViewSchema },
  /**
   * Writes the given settings to settings.json. If one is invalid, none is written and the error names it. A change of a server
   * has to include the password (in place of `***`) or the API key for the new server.
   */
  'settings.set': {
    input: settingsSchema.partial().extend({
      coingeckoApiKey: apiKeySchema.optional(),
      /** Lists and composite settings as the page displayed them. Changes that others have made to them since then are kept. */
      shown: settingsSchema
        .pick({ coins: true, exchanges: true, marketAlerts: true, inhibition: true })
        .partial()
        .optional(),
    }),
    output: settingsViewSchema,
  },
  /** Dismisses a kept problem. An unknown id is not an error. */
  'notices.dismiss': { input: z.strictObject({ id: z.string().min(1).max(100) }), output: z.object({}) },
  /**
   * Stores a secret for the server that the settings name, or deletes it when `value` is null. It takes effect at the next
   * start and is never returned.
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
/** The input that an implementation receives: parsed, with defaults applied. */
export type ParsedInput<P extends ProcedureName> = z.output<(typeof procedures)[P]['input']>;
export type ProcedureOutput<P extends ProcedureName> = z.output<(typeof procedures)[P]['output']>;
