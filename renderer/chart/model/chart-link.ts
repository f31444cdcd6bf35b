import { z } from 'zod';
import { intervalSchema } from '../../../shared/domain/interval.ts';
import type { ChartChoice } from './chart-choice.ts';
import { FEWEST_BARS, LIVE_VIEW, MAX_BARS } from './chart-view.ts';

const PREFIX = '#chart?';

const placeSchema = z.object({
  coin: z.string().min(1).max(100),
  interval: intervalSchema,
  /** Where the chart ends; absent for one that follows the present. */
  to: z.coerce.number().int().positive().optional(),
  bars: z.coerce
    .number()
    .positive()
    .transform((bars) => Math.min(MAX_BARS, Math.max(FEWEST_BARS, bars)))
    .optional(),
});

/** Coin, interval and place of a chart, as the part of an address after `#`. */
export function linkOf({
  coinId,
  interval,
  view,
}: Pick<ChartChoice, 'coinId' | 'interval' | 'view'>): string {
  const words = new URLSearchParams({ coin: coinId ?? '', interval });
  if (view.bars !== null && Number.isFinite(view.bars)) words.set('bars', String(Math.round(view.bars)));
  if (view.mode === 'past') words.set('to', String(Math.round(view.to)));
  return `${PREFIX}${words}`;
}

/** Whether an address is meant to be that of a chart, even if it names none that can be shown. */
export const isChartLink = (hash: string): boolean => hash.startsWith(PREFIX);

/** What a link names; null for an address that names no chart, or none that can be. */
export function choiceOfLink(hash: string): Pick<ChartChoice, 'coinId' | 'interval' | 'view'> | null {
  if (!isChartLink(hash)) return null;
  const words = Object.fromEntries(new URLSearchParams(hash.slice(PREFIX.length)));
  const place = placeSchema.safeParse(words);
  if (!place.success) return null;
  const { coin, interval, to, bars } = place.data;
  const view =
    to === undefined
      ? bars === undefined
        ? LIVE_VIEW
        : ({ mode: 'live', bars } as const)
      : ({ mode: 'past', bars: bars ?? 120, to } as const);
  return { coinId: coin, interval, view };
}
