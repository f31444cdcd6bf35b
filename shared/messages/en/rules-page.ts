import type { Nested } from './nested.ts';

type Condition =
  | 'direction'
  | 'for'
  | 'hours'
  | 'once'
  | 'until'
  | 'ended'
  | 'ratchet'
  | 'cooldown'
  | 'holding';
type Phase = 'firing' | 'pending' | 'cooldown' | 'held-when-made';

/** The dialog of rules, with the preview of a rule and the search for the value of a parameter. */
export const rulesPageTexts = {
  'rules.title': () => 'Rules',
  'rules.title-coin': (p: { coin: string }) => `Rules for ${p.coin}`,
  'rules.of-coin': () => 'Rules for this coin',
  'rules.close': () => 'Close rules',
  'rules.discard-why': () => 'What you changed in the rule is not saved.',
  'rules.unreadable': (p: { reason: Nested }) => `Rules cannot be read: ${p.reason}`,
  'rules.count': (p: { count: number; on: number }) =>
    `${p.count === 1 ? 'One rule' : `${p.count} rules`}, ${
      p.count === 1
        ? p.on === 1
          ? 'enabled'
          : 'disabled'
        : `${p.on === p.count ? 'all' : p.on === 0 ? 'none' : p.on} enabled`
    }.`,
  'rules.count-coin': (p: { count: number; coin: string }) =>
    p.count === 0
      ? `No rule watches ${p.coin}: it raises no alerts.`
      : `${p.count === 1 ? 'One rule watches' : `${p.count} rules watch`} ${p.coin}.`,
  'rules.add': () => 'Add a rule',
  'rules.removed': (p: { rule: string }) => `Removed “${p.rule}”.`,
  'rules.undo': () => 'Undo',
  'rules.enable': (p: { rule: string }) => `Enable ${p.rule}`,
  'rules.edit': () => 'Edit',
  'rules.duplicate': () => 'Duplicate',
  'rules.remove': () => 'Remove',
  'rules.reset': () => 'Reset',
  'rules.action-of': (p: { action: string; rule: string }) => `${p.action} ${p.rule}`,
  'rules.default': () => 'Default rule',
  'rules.off': () => 'Off',
  'rules.silent': () => 'Raises no alerts',
  'rules.no-alert': () => 'No alert yet',
  'rules.last-alert': (p: { age: string }) => `Last alert ${p.age} ago`,
  'rules.in-week': (p: { count: number }) => `${p.count} in 7 days`,
  'rules.phase': (p: { phase: Phase; names: readonly string[]; more: number }) => {
    const coins = `${p.names.join(', ')}${p.more > 0 ? ` and ${p.more} more` : ''}`;
    switch (p.phase) {
      case 'firing':
        return `Firing for ${coins}`;
      case 'pending':
        return `Pending for ${coins}`;
      case 'cooldown':
        return `Cooling down for ${coins}`;
      case 'held-when-made':
        return `Holds already for ${coins}; raises at the next crossing`;
    }
  },
  'rules.condition': (p: { what: Condition; value: string }) => {
    switch (p.what) {
      case 'direction':
        return p.value === 'up' ? 'upwards only' : 'downwards only';
      case 'for':
        return `for ${p.value}`;
      case 'hours':
        return `${p.value} only`;
      case 'once':
        return 'once for each coin';
      case 'until':
        return `until ${p.value}`;
      case 'ended':
        return `ended ${p.value}`;
      case 'ratchet':
        return `again after a further ${p.value}%`;
      case 'cooldown':
        return `cooldown ${p.value}`;
      case 'holding':
        return 'immediately if it already holds';
    }
  },
  'rules.now': () => 'Now',
  'rules.all': () => 'All rules',
  'rules.new': () => 'A new rule',
  'rules.new-coin': (p: { coin: string }) => `A new rule for ${p.coin}`,
  'rules.templates': () => 'Templates',
  'rules.by-kind': () => 'By kind',
  'rules.all-coins': () => 'All coins',
  'rules.some-coins': (p: { names: readonly string[]; more: number }) =>
    `${p.names.join(', ')}${p.more > 0 ? ` and ${p.more} more` : ''}`,
  'rules.scope-all': () => 'All watched coins',
  'rules.scope-some': () => 'Only these',
  'rules.scope-watchlist': (p: { watchlist: string }) => `Watchlist “${p.watchlist}”`,
  'rules.coin-ids': () => 'Coin ids',
  'rules.more': () => 'More: cooldown, hours, repeat, …',
  'rules.cancel': () => 'Cancel',
  'rules.add-this': () => 'Add rule',
  'rules.add-several': (p: { count: number }) => `Add ${p.count} rules`,
  'rules.several': (p: { count: number }) =>
    `${p.count} rules are added, one for each level. The preview shows the first.`,
  'rules.several-how': () => 'Several levels, such as 60000, 65000, 70000, make a rule for each.',
  'rules.levels': (p: { others: readonly string[]; last: string }) => `${p.others.join(', ')} or ${p.last}`,
  'rules.save': () => 'Save rule',
  'rules.field-none': () => 'none',
  'rules.field-default': () => 'Default',
  'rules.field-range': (p: { min: string; max: string }) => `${p.min} to ${p.max}.`,

  'rate.title': () => 'Find a value for a rate of alerts',
  'rate.per-week': () => 'Alerts a week',
  'rate.param': () => 'Parameter',
  'rate.solve': () => 'Find the value',
  'rate.answer': (p: {
    label: string;
    value: string;
    rate: string;
    low: string;
    high: string;
    coins: number;
  }) =>
    `${p.label}: ${p.value} would have raised ${p.rate} a week${p.coins > 1 ? ` for ${p.coins} coins together` : ''}; the true rate is likely between ${p.low} and ${p.high}.`,
  'rate.curve': (p: { label: string; min: string; max: string }) =>
    `Alerts a week, by ${p.label} from ${p.min} to ${p.max}`,
  'rate.axes': (p: { label: string }) => `alerts a week, by ${p.label}`,

  'preview.title': () => 'Preview',
  'preview.heading': () => 'What it would have raised',
  'preview.coin': () => 'Coin of the preview',
  'preview.days': () => 'Alerts on each day, UTC',
  'preview.incomplete': () => 'Complete the rule to see its preview.',
  'preview.none': (p: { reason: Nested }) => `There is no preview: ${p.reason}`,
  'preview.first': () => 'Trying the rule on stored prices…',
  'preview.trying': () => 'Trying…',
  'preview.count': (p: { alerts: number; length: string }) =>
    `${p.alerts} ${p.alerts === 1 ? 'alert' : 'alerts'} in ${p.length}.`,
  'preview.rate': (p: { rate: string }) => `About ${p.rate} a week.`,
  'preview.worst-day': (p: { day: string; alerts: number }) => `Most on ${p.day} (UTC): ${p.alerts}.`,
  'preview.missed': (p: { missed: number; pct: number }) =>
    `${p.missed === 0 ? 'No move' : p.missed === 1 ? 'One move' : `${p.missed} moves`} of more than ${p.pct}% within an hour without an alert nearby.`,
  'preview.holds': (p: {
    names: readonly string[];
    more: number;
    side: 'up' | 'down' | null;
    isRaised: boolean;
  }) => {
    const coins = `${p.names.join(', ')}${p.more > 0 ? ` and ${p.more} more` : ''}`;
    const side = p.side === null ? '' : p.side === 'up' ? ', upwards' : ', downwards';
    return `The condition holds already for ${coins}${side}. ${
      p.isRaised ? 'The rule raises an alert immediately.' : 'The rule raises an alert at the next crossing.'
    }`;
  },
  'preview.raise-at-once': () => 'Raise immediately',
  'preview.no-prices': () => 'There are no stored prices of this coin in the last seven days.',
  'preview.short': (p: { length: string }) => `Prices are stored for the last ${p.length} of the week.`,
  'preview.warm-up': (p: { wanted: string; length: string }) =>
    `The rule looks back ${p.wanted}, and prices of ${p.length} before the week are stored: its first alerts may be missing.`,
  'preview.no-ticks': () => 'There are no stored prices of these sources in the last day.',
  'preview.ticks': () => 'From the prices of each source in the last day.',
  'preview.candles': () => 'From candles; the order of prices within one is assumed.',
};
