import type { RuleParams } from '../../../shared/domain/alert.ts';
import { type Rule, ruleOf } from '../../../shared/domain/rule.ts';
import type { MessageCode } from '../../../shared/messages/message.ts';
import { freeId } from './free-rule-id.ts';

export type RuleTemplate = {
  readonly id: string;
  readonly title: MessageCode;
  readonly kind: string;
  readonly params: RuleParams;
  readonly direction?: Rule['direction'];
  /** Whether it makes sense only for one coin. */
  readonly isOfOneCoin?: boolean;
};

/** The most common ones first. */
export const RULE_TEMPLATES: readonly RuleTemplate[] = [
  {
    id: 'moved-in-an-hour',
    title: 'rule-template.moved-in-an-hour',
    kind: 'change',
    params: { changePct: 5, withinMinutes: 60 },
  },
  {
    id: 'moved-in-a-day',
    title: 'rule-template.moved-in-a-day',
    kind: 'change',
    params: { changePct: 10, withinMinutes: 1_440 },
  },
  {
    id: 'crosses-a-level',
    title: 'rule-template.level',
    kind: 'level',
    params: {},
    isOfOneCoin: true,
  },
  {
    id: 'new-30-day-high',
    title: 'rule-template.new-high',
    kind: 'high-low',
    params: { hours: 720, rearmPct: 1 },
    direction: 'up',
  },
  {
    id: 'ten-below-peak',
    title: 'rule-template.below-peak',
    kind: 'drawdown',
    params: { drawdownPct: 10, hours: 720 },
    direction: 'down',
  },
  { id: 'unusual-move', title: 'rule-template.unusual', kind: 'unusual-move', params: {} },
];

/** The coin that a new rule is for. */
export type TemplateCoin = { readonly coinId: string; readonly price: number | null };

/**
 * The rule of a template.
 *
 * @param coin null for all coins; a template for one coin then uses `first`
 */
export function ruleOfTemplate(
  template: RuleTemplate,
  coin: TemplateCoin | null,
  first: TemplateCoin | null,
  taken: readonly string[],
): Rule {
  const { id, kind, params, direction = 'both', isOfOneCoin = false } = template;
  const own = coin ?? (isOfOneCoin ? first : null);
  return ruleOf({
    id: freeId(own === null ? id : `${own.coinId}-${id}`, taken),
    kind,
    params: kind === 'level' ? { level: roundLevel(own?.price ?? 1), ...params } : params,
    direction,
    ...(own !== null && { scope: [own.coinId] }),
  });
}

/** The rule for a level on a chart: it fires when the price crosses the level from its current side. */
export function ruleOfLevel(coin: TemplateCoin, level: number, taken: readonly string[]): Rule {
  const direction = coin.price === null ? 'both' : level > coin.price ? 'up' : 'down';
  const rounded = roundLevel(level);
  return ruleOf({
    id: freeId(`${coin.coinId}-level-${rounded}`, taken),
    kind: 'level',
    params: { level: rounded },
    direction,
    scope: [coin.coinId],
  });
}

/** A price with no more digits than a user would type. */
const roundLevel = (price: number): number => Number(price.toPrecision(5));
