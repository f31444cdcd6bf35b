import type { RulePreview } from '../../../shared/domain/rule-view.ts';

const DAY_MS = 86_400_000;

/** Positions in a chart, from 0 to 1, from the left and from the top. */
export type PreviewScale = {
  x(at: number): number;
  y(price: number): number;
  readonly low: number;
  readonly high: number;
};

/** The scale of a preview, which spans the available time and prices. */
export function previewScale({ wantedFrom, covered, line }: RulePreview): PreviewScale {
  const { from, to } = covered ?? { from: wantedFrom, to: wantedFrom + 1 };
  const prices = line.map(([, price]) => price);
  const [low, high] = [Math.min(...prices), Math.max(...prices)];
  return {
    x: (at) => clamped((at - from) / Math.max(1, to - from)),
    y: (price) => (high === low ? 0.5 : clamped(1 - (price - low) / (high - low))),
    low,
    high,
  };
}

const clamped = (share: number): number => Math.min(1, Math.max(0, share));

export type PreviewDay = { readonly day: number; readonly alerts: number };

/** Every UTC day of the preview, including those without an alert. */
export function previewDays({ wantedFrom, covered, days }: RulePreview): readonly PreviewDay[] {
  const { from, to } = covered ?? { from: wantedFrom, to: wantedFrom };
  const first = Math.floor(from / DAY_MS) * DAY_MS;
  const all: PreviewDay[] = [];
  for (let day = first; day <= to; day += DAY_MS) {
    all.push({ day, alerts: days.find((one) => one.day === day)?.alerts ?? 0 });
  }
  return all;
}

export const dayEnd = (day: number): number => day + DAY_MS;
