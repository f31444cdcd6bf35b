import { describe, expect, it } from 'vitest';
import { ruleOf } from '../../../shared/domain/rule.ts';
import type { RulePreview } from '../../../shared/domain/rule-view.ts';
import { describeCount, describeCover, describeHolding, describeResult } from './describe-preview.ts';
import { previewDays, previewScale } from './preview-scale.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const TO = Date.UTC(2026, 0, 14);
const FROM = TO - 7 * DAY_MS;

const WEEK: RulePreview = {
  on: 'candles',
  wantedFrom: FROM,
  covered: { from: FROM, to: TO },
  warmUpMs: HOUR_MS,
  wantedWarmUpMs: HOUR_MS,
  line: [
    [FROM, 100],
    [TO, 110],
  ],
  alerts: 12,
  firings: [],
  perWeek: 12,
  days: [{ day: Date.UTC(2026, 0, 12), alerts: 4 }],
  worstDay: { day: Date.UTC(2026, 0, 12), alerts: 4 },
  missed: 1,
  missedPct: 2,
  notes: [],
};
const HALF_A_DAY: RulePreview = {
  ...WEEK,
  covered: { from: TO - 12 * HOUR_MS, to: TO },
  perWeek: null,
  alerts: 1,
};

describe('the text of a preview', () => {
  it('has the count, the worst day and missed moves', () => {
    expect(describeCount(WEEK)).toBe('12 alerts in 7 days.');
    expect(describeResult(WEEK)).toBe(
      'Most on Mon 12 Jan (UTC): 4. One move of more than 2% within an hour without an alert nearby.',
    );
  });

  it('has the length of the history', () => {
    expect(describeCover(WEEK)).toMatch(/^From candles;/);
    expect(describeCount(HALF_A_DAY)).toBe('1 alert in 12 h.');
    expect(describeCover(HALF_A_DAY)).toContain('stored for the last 12 h of the week');
    expect(describeCover({ ...WEEK, covered: null })).toContain('no stored prices');
    expect(describeCover({ ...WEEK, on: 'ticks' })).toBe('From the prices of each source in the last day.');
    const month = { ...WEEK, wantedWarmUpMs: 30 * DAY_MS, warmUpMs: 3 * DAY_MS };
    expect(describeCover(month)).toContain(
      'looks back 30 days, and prices of 3 days before the week are stored',
    );
  });

  it('has the coins for which the condition already holds in the direction of the rule', () => {
    const rule = ruleOf({ id: 'mine', kind: 'change', direction: 'up' });
    const up = { coinId: 'bitcoin', side: 'up' } as const;
    const down = { coinId: 'zcash', side: 'down' } as const;
    expect(describeHolding([], rule)).toBeNull();
    expect(describeHolding([down], rule)).toBeNull();
    expect(describeHolding([up, down], rule)).toBe(
      'The condition holds already for Bitcoin, upwards. The rule raises an alert at the next crossing.',
    );
    expect(describeHolding([up, down], { ...rule, direction: 'both', raiseIfHolding: true })).toBe(
      'The condition holds already for Bitcoin, Zcash. The rule raises an alert immediately.',
    );
  });
});

describe('the chart of a preview', () => {
  it('spans the available time and prices', () => {
    const scale = previewScale(WEEK);
    expect([scale.x(FROM), scale.x(TO), scale.y(110), scale.y(100), scale.y(105)]).toEqual([0, 1, 0, 1, 0.5]);
    expect(previewScale(HALF_A_DAY).x(TO - 6 * HOUR_MS)).toBe(0.5);
  });

  it('has every day, including those without an alert', () => {
    const days = previewDays(WEEK);
    expect(days).toHaveLength(8);
    expect(days.filter(({ alerts }) => alerts > 0)).toEqual(WEEK.days);
  });
});
