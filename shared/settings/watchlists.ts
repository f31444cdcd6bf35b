import { z } from 'zod';
import { coinIdSchema } from '../domain/coin-id.ts';
import type { Rule } from '../domain/rule.ts';
import { ruleIdSchema } from '../domain/rule-id.ts';
import { says } from '../messages/fault-of-issue.ts';
import { type Message, message } from '../messages/message.ts';
import type { ChannelSetting, Route } from './channel-setting.ts';

const MAX_WATCHLISTS = 100;
const MAX_COINS = 500;

/** A named list of coins, for the scopes of rules and the routes of channels. */
const watchlistSchema = z.strictObject({
  id: ruleIdSchema,
  coins: z.array(coinIdSchema).min(1).max(MAX_COINS),
});
export type Watchlist = z.infer<typeof watchlistSchema>;

export const watchlistsSchema = z
  .array(watchlistSchema)
  .max(MAX_WATCHLISTS)
  .refine(
    (lists) => new Set(lists.map(({ id }) => id)).size === lists.length,
    says(message('value.watchlist-twice')),
  );

type WithRules = { readonly rules: readonly Rule[]; readonly watchlists: readonly Watchlist[] };

/** The rules with the watchlists in their scopes replaced by the coins. */
export function withCoins({ rules, watchlists }: WithRules): readonly Rule[] {
  return rules.map((rule) => {
    if (rule.scope === 'all' || !('watchlist' in rule.scope)) return rule;
    const { watchlist } = rule.scope;
    return { ...rule, scope: watchlists.find(({ id }) => id === watchlist)?.coins ?? [] };
  });
}

/** The coins of the watchlist that a route names; null if it names none, empty if there is no such watchlist. */
export function coinsOfRoute(
  { watchlist }: Route,
  watchlists: readonly Watchlist[],
): readonly string[] | null {
  if (watchlist === undefined) return null;
  return watchlists.find(({ id }) => id === watchlist)?.coins ?? [];
}

/** The rules that name a missing watchlist, by id, each with the fault as the predicate of a sentence. */
export function watchlistFaults({ rules, watchlists }: WithRules): ReadonlyMap<string, Message> {
  const known = watchlists.map(({ id }) => id);
  const faults = rules.flatMap(({ id, scope }): [string, Message][] => {
    if (scope === 'all' || !('watchlist' in scope) || known.includes(scope.watchlist)) return [];
    return [[id, message('rule.unknown-watchlist', { watchlist: scope.watchlist, known })]];
  });
  return new Map(faults);
}

type WithChannels = {
  readonly channels: readonly Pick<ChannelSetting, 'id' | 'route'>[];
  readonly watchlists: readonly Watchlist[];
};

/** The channels whose routes name a missing watchlist, by id, each with the fault. */
export function routeFaults({ channels, watchlists }: WithChannels): ReadonlyMap<string, Message> {
  const known = watchlists.map(({ id }) => id);
  const faults = channels.flatMap(({ id, route: { watchlist } }): [string, Message][] => {
    if (watchlist === undefined || known.includes(watchlist)) return [];
    return [[id, message('channel.unknown-watchlist', { watchlist, known })]];
  });
  return new Map(faults);
}
