import { z } from 'zod';

const chosenStudySchema = z.object({ id: z.string(), params: z.record(z.string(), z.number()).readonly() });

/** The appearance of charts, independent of coin and interval. */
const chartSettingsSchema = z.object({
  priceMode: z.enum(['linear', 'log', 'percent']),
  isInverted: z.boolean(),
  studies: z.array(chosenStudySchema).readonly(),
  /** `local`, `UTC`, or the name of a zone such as `Asia/Tokyo`. */
  zone: z.string(),
  palette: z.enum(['standard', 'colour-blind']),
  hasVolumeProfile: z.boolean(),
  /** Coins that are drawn as lines over the chart's own. */
  compared: z.array(z.string()).max(4).readonly(),
  /** With one compared coin: whether the ratio of the two is shown instead. */
  isRatio: z.boolean(),
});
export type ChartSettings = Readonly<z.infer<typeof chartSettingsSchema>>;

export const INITIAL_SETTINGS: ChartSettings = {
  priceMode: 'linear',
  isInverted: false,
  studies: [],
  zone: 'local',
  palette: 'standard',
  hasVolumeProfile: false,
  compared: [],
  isRatio: false,
};

/** The common settings, and those of coins that have their own. */
export const storedSettingsSchema = z.object({
  all: chartSettingsSchema,
  coins: z.record(z.string(), chartSettingsSchema).readonly(),
});
export type StoredSettings = Readonly<z.infer<typeof storedSettingsSchema>>;

export const INITIAL_STORED: StoredSettings = { all: INITIAL_SETTINGS, coins: {} };

export const settingsOf = (stored: StoredSettings, coinId: string): ChartSettings =>
  stored.coins[coinId] ?? stored.all;

export const isOwn = (stored: StoredSettings, coinId: string): boolean => coinId in stored.coins;

/** With changed settings of a coin: its own if it has some, otherwise the common ones. */
export function withSettings(
  stored: StoredSettings,
  coinId: string,
  settings: ChartSettings,
): StoredSettings {
  if (!isOwn(stored, coinId)) return { ...stored, all: settings };
  return { ...stored, coins: { ...stored.coins, [coinId]: settings } };
}

/** With own settings for a coin, initially those that it shows, or without them: it has the common ones again. */
export function withOwn(stored: StoredSettings, coinId: string, own: boolean): StoredSettings {
  if (own) return { ...stored, coins: { ...stored.coins, [coinId]: settingsOf(stored, coinId) } };
  const { [coinId]: _, ...coins } = stored.coins;
  return { ...stored, coins };
}

/** The settings of a chart, and the functions that change them. */
export type SettingsOfChart = {
  readonly settings: ChartSettings;
  /** Whether they are the coin's own rather than the common ones. */
  readonly isOwn: boolean;
  readonly change: (change: Partial<ChartSettings>) => void;
  readonly setOwn: (isOwn: boolean) => void;
};
