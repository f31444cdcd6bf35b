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
  /** Coins that are drawn as lines beside the chart's own. */
  compared: z.array(z.string()).max(4).readonly(),
  /** With one compared coin: the chart's own divided by it. */
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

/** Settings for all coins, and those of coins that have some of their own. */
export const keptSettingsSchema = z.object({
  all: chartSettingsSchema,
  coins: z.record(z.string(), chartSettingsSchema).readonly(),
});
export type KeptSettings = Readonly<z.infer<typeof keptSettingsSchema>>;

export const INITIAL_KEPT: KeptSettings = { all: INITIAL_SETTINGS, coins: {} };

export const settingsOf = (kept: KeptSettings, coinId: string): ChartSettings =>
  kept.coins[coinId] ?? kept.all;

export const isOwn = (kept: KeptSettings, coinId: string): boolean => coinId in kept.coins;

/** With other settings for a coin, where it has its own, or else for all. */
export function withSettings(kept: KeptSettings, coinId: string, settings: ChartSettings): KeptSettings {
  if (!isOwn(kept, coinId)) return { ...kept, all: settings };
  return { ...kept, coins: { ...kept.coins, [coinId]: settings } };
}

/** With a coin that has its own settings from now on, those that it has already, or has those of all again. */
export function withOwn(kept: KeptSettings, coinId: string, own: boolean): KeptSettings {
  if (own) return { ...kept, coins: { ...kept.coins, [coinId]: settingsOf(kept, coinId) } };
  const { [coinId]: _, ...coins } = kept.coins;
  return { ...kept, coins };
}

/** The settings of a chart with the ways to change them. */
export type SettingsOfChart = {
  readonly settings: ChartSettings;
  /** Whether they are the coin's own, not those of all. */
  readonly isOwn: boolean;
  readonly change: (change: Partial<ChartSettings>) => void;
  readonly setOwn: (isOwn: boolean) => void;
};
