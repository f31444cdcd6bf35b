import { z } from 'zod';
import { faultOfApiKey } from './api-key.ts';
import {
  alertSchema,
  candleSchema,
  foundCoinSchema,
  quoteUpdateSchema,
  snapshotSchema,
  statusSchema,
  volumeKindSchema,
} from './domain.ts';
import { INTERVAL_MS, INTERVALS } from './intervals.ts';
import { type SettingIssue, settingIssueSchema, settingOriginSchema, settingsSchema } from './settings.ts';

const apiKeySchema = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(200, 'is too long for a key')
  .refine((key) => faultOfApiKey(key) === null, {
    error: ({ input }) => faultOfApiKey(String(input)) ?? '',
  });

/** The settings in force, where each comes from, and what waits for a restart. */
export const settingsViewSchema = z.object({
  /** `databaseUrl` is shown without its password. */
  settings: settingsSchema,
  origins: z.record(z.string(), settingOriginSchema),
  dataDir: z.string(),
  /** Names of settings that were changed and count from the next start. */
  needRestart: z.array(z.string()),
  /** Whether each secret that a page can set is set; null where the host has no place to keep secrets. */
  secrets: z.object({ coingeckoApiKey: z.boolean() }).nullable(),
  /** Whether the API key comes from a variable or its file, which win over one that is kept. */
  apiKeyInEnvironment: z.boolean(),
});
export type SettingsView = Readonly<z.infer<typeof settingsViewSchema>>;

/** Place in the list of alerts, newest first. */
export const alertCursorSchema = z.object({ observedAt: z.number().int(), id: z.string() });
export type AlertCursor = Readonly<z.infer<typeof alertCursorSchema>>;

/** A place on the page: one of its parts, the chart of a coin, or the chart around an alert. */
export const placeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('part'), part: z.enum(['prices', 'chart', 'alerts', 'settings']) }),
  z.object({ kind: z.literal('coin'), coinId: z.string().min(1) }),
  z.object({ kind: z.literal('alert'), alert: alertSchema }),
]);
export type Place = Readonly<z.infer<typeof placeSchema>>;
export type PagePart = Extract<Place, { kind: 'part' }>['part'];

/** The most candles in one answer. */
const MOST_CANDLES = 1_000;

export const candleSeriesSchema = z.object({
  coinId: z.string(),
  vsCurrency: z.string(),
  interval: z.enum(INTERVALS),
  volumeKind: volumeKindSchema.nullable(),
  /** Oldest first. Buckets without a tick and without history are absent: a gap is a gap. */
  candles: z.array(candleSchema).readonly(),
});
export type CandleSeries = Readonly<z.infer<typeof candleSeriesSchema>>;

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
      interval: z.enum(INTERVALS),
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
        interval: z.enum(INTERVALS),
        from: z.number().int(),
        /** Not included. */
        to: z.number().int(),
      })
      .refine(({ interval, from, to }) => to - from <= MOST_CANDLES * INTERVAL_MS[interval], {
        message: `is longer than ${MOST_CANDLES} candles`,
        path: ['to'],
      }),
    output: z.array(alertSchema).readonly(),
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

/** What the monitor tells without being asked. */
export const events = {
  /** Coins whose quote changed. */
  prices: z.array(quoteUpdateSchema).readonly(),
  alert: alertSchema,
  status: statusSchema,
  /** Candles of the past were added to a coin. */
  history: z.object({ coinId: z.string(), vsCurrency: z.string() }),
  /** Ask for everything anew: coins, currency or rule changed, or something was told while the page was hidden. */
  reset: z.object({}),
  /** Show this place. Told by a host to its own page, when the user chose it outside of the page. */
  show: placeSchema,
} as const satisfies Record<string, z.ZodType>;

export type ProcedureName = keyof typeof procedures;
export type ProcedureInput<P extends ProcedureName> = z.input<(typeof procedures)[P]['input']>;
/** What an implementation receives: the input after its schema filled in defaults. */
export type ParsedInput<P extends ProcedureName> = z.output<(typeof procedures)[P]['input']>;
export type ProcedureOutput<P extends ProcedureName> = z.output<(typeof procedures)[P]['output']>;
export type EventName = keyof typeof events;
export type EventPayload<E extends EventName> = z.output<(typeof events)[E]>;

/**
 * Why a call failed, for programs (`code`) and for people (`message`).
 * `bad-request`: the caller must change something. `unavailable`: the same call may work later.
 * `failed`: a fault of ours, logged on the monitor's side.
 */
export const apiErrorSchema = z.object({
  code: z.enum(['bad-request', 'unavailable', 'failed']),
  message: z.string(),
  /** Of a change of settings that was refused: what is wrong with which. */
  issues: z.array(settingIssueSchema).readonly().optional(),
});
export type ApiErrorBody = Readonly<z.infer<typeof apiErrorSchema>>;

/** Thrown by implementations and by the page's client alike. */
export class ApiError extends Error {
  readonly code: ApiErrorBody['code'];
  readonly issues: readonly SettingIssue[];

  constructor(
    code: ApiErrorBody['code'],
    message: string,
    {
      issues = [],
      ...options
    }: ErrorOptions & { readonly issues?: readonly SettingIssue[] | undefined } = {},
  ) {
    super(message, options);
    this.name = 'ApiError';
    this.code = code;
    this.issues = issues;
  }
}

/** What crosses a host's wire, in either direction, as JSON or by structured clone. */
export const requestSchema = z.strictObject({
  id: z.number().int().nonnegative(),
  procedure: z.string(),
  input: z.unknown(),
});
export type Request = Readonly<z.infer<typeof requestSchema>>;

export type Response =
  | { readonly id: number; readonly ok: true; readonly output: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ApiErrorBody };

export type EventMessage = {
  [E in EventName]: { readonly event: E; readonly payload: EventPayload<E> };
}[EventName];

/** The bridge that a host offers its page: the WebSocket client and the preload script have this one shape. */
export type Bridge = {
  request(request: Request): Promise<Response>;
  /** Calls `listener` for every event until the returned function is called. */
  subscribe(listener: (message: EventMessage) => void): () => void;
  /** Tells whether the monitor can be reached; always true over IPC. Calls back at once with the present state. */
  onConnection(listener: (connected: boolean) => void): () => void;
  /** Hides the window, as closing it does. Absent where the window is a browser's. */
  hideWindow?(): void;
};
