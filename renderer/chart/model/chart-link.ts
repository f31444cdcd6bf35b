import { z } from 'zod';
import { intervalSchema } from '../../../shared/domain/interval.ts';
import type { ChartChoice } from './chart-choice.ts';
import { LIVE_VIEW, MAX_BARS, MIN_BARS } from './chart-view.ts';

const PREFIX = '#chart?';

const placeSchema = z.object({
  coin: z.string().min(1).max(100),
  interval: intervalSchema,
  /** The right edge of the chart; absent for one that follows the newest candle. */
  to: z.coerce.number().int().positive().optional(),
  bars: z.coerce
    .number()
    .positive()
    .transform((bars) => Math.min(MAX_BARS, Math.max(MIN_BARS, bars)))
    .optional(),
});

/** The coin, interval and view of a chart, as the part of an address after `#`. */
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

/** Whether an address is that of a chart, even if its parameters are invalid. */
export const isChartLink = (hash: string): boolean => hash.startsWith(PREFIX);

/** The chart that a link refers to; null for an address of something else, or with invalid parameters. */
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
