import type { Rule } from '../../../shared/domain/rule.ts';
import { faultOfIssue } from '../../../shared/messages/fault-of-issue.ts';
import { message } from '../../../shared/messages/message.ts';
import { DEFAULT_RULE_ID } from '../../../shared/settings/rules-in-force.ts';
import {
  type SettingIssue,
  type SettingName,
  type Settings,
  settingConflicts,
  settingsSchema,
} from '../../../shared/settings/settings.ts';
import { routeFaults, watchlistFaults } from '../../../shared/settings/watchlists.ts';
import { ruleFault } from '../alerts/bound-rule.ts';
import { memberFaults } from '../alerts/member-order.ts';
import type { CoinCatalog } from '../sources/coingecko/coin-catalog.ts';
import { unknownCoin } from '../sources/coingecko/coin-id-advisor.ts';
import type { CoinSearch } from '../sources/coingecko/coin-search.ts';
import type { QuoteCurrencies } from '../sources/coingecko/quote-currencies.ts';
import { FeedError } from '../sources/price-source.ts';
import { checkAlertsFile } from './check-alerts-file.ts';
import type { FileSettings } from './parse-settings.ts';
import { SettingsError } from './settings-error.ts';

/** The maximum number of unknown ids that are searched for. The list of coins may be a day old, and a coin newer than that. */
const MAX_SEARCHES = 3;

export type SettingsCheckParts = {
  readonly catalog: CoinCatalog;
  readonly search: CoinSearch;
  readonly currencies: QuoteCurrencies;
};

/**
 * Checks what a schema cannot: whether coins and currency exist, and whether the alerts file can be written. A value that cannot
 * be looked up, because the provider is unreachable, is accepted; it is reported when prices are requested.
 *
 * @throws SettingsError with an issue for each invalid setting of the patch
 */
export type CheckSettings = (patch: FileSettings, now: Settings, signal: AbortSignal) => Promise<void>;

export function createSettingsCheck({ catalog, search, currencies }: SettingsCheckParts): CheckSettings {
  const isYoungCoin = async (coinId: string, signal: AbortSignal): Promise<boolean> => {
    const found = await orNull(search.find(coinId, signal), signal);
    return found?.some(({ id }) => id === coinId) ?? false;
  };

  /** The first id that no coin has: one at a time, so that each can be corrected by a button. */
  const coinIssues = async (
    added: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly SettingIssue[]> => {
    const coins = added.length === 0 ? null : await orNull(catalog.coins(signal), signal);
    if (coins === null) return [];
    const known = new Set(coins.map(({ id }) => id));
    const unknown = added.filter((id) => !known.has(id));
    for (const [index, coinId] of unknown.entries()) {
      if (index < MAX_SEARCHES && (await isYoungCoin(coinId, signal))) continue;
      const { meant, ...content } = unknownCoin(coinId, coins);
      return [
        { setting: 'coins', ...content, ...(meant !== null && { suggestion: { value: coinId, meant } }) },
      ];
    }
    return [];
  };

  const currencyIssues = async (code: string, signal: AbortSignal): Promise<readonly SettingIssue[]> => {
    const codes = await orNull(currencies.list(signal), signal);
    if (codes === null || codes.includes(code)) return [];
    return [{ setting: 'vsCurrency', message: message('setting.no-prices-in', { vsCurrency: code }) }];
  };

  return async (patch, now, signal) => {
    const { coins, vsCurrency, alertsFile } = patch;
    const fileFault =
      alertsFile == null || alertsFile === now.alertsFile ? null : await checkAlertsFile(alertsFile);
    const issues = [
      ...shapeIssues(patch),
      // A coin that is already watched may have been delisted, and must not block other changes.
      ...(await coinIssues(coins?.filter((id) => !now.coins.includes(id)) ?? [], signal)),
      ...(vsCurrency === undefined || vsCurrency === now.vsCurrency
        ? []
        : await currencyIssues(vsCurrency, signal)),
      ...(fileFault === null ? [] : [{ setting: 'alertsFile', message: fileFault }]),
      ...ruleIssues(patch.rules ?? []),
      ...watchlistIssues(patch, now),
      ...routeIssues(patch, now),
      ...(coins === undefined && patch.trayCoin === undefined ? [] : settingConflicts({ ...now, ...patch })),
    ];
    if (issues.length === 0) return;
    const of = issues.map((issue) =>
      message('setting.issue', { setting: issue.setting, fault: issue.message }),
    );
    throw new SettingsError(message('sentences', { of }), { issues });
  };
}

/** Values that the schema of a setting rejects, such as a list that has become too long. */
function shapeIssues(patch: FileSettings): readonly SettingIssue[] {
  return Object.entries(patch).flatMap(([name, value]) => {
    const setting = name as SettingName;
    const [issue] = settingsSchema.shape[setting].safeParse(value).error?.issues ?? [];
    return issue === undefined ? [] : [{ setting, message: faultOfIssue(issue) }];
  });
}

function ruleIssues(rules: readonly Rule[]): readonly SettingIssue[] {
  const members = memberFaults(rules, [DEFAULT_RULE_ID]);
  return rules.flatMap((rule) => {
    const fault = ruleFault(rule) ?? members.get(rule.id) ?? null;
    return fault === null
      ? []
      : [{ setting: 'rules', message: message('rule.fault', { id: rule.id, fault }) }];
  });
}

/** A rule whose watchlist does not exist, or would no longer exist. */
function watchlistIssues(patch: FileSettings, now: Settings): readonly SettingIssue[] {
  const { rules, watchlists } = patch;
  if (rules === undefined && watchlists === undefined) return [];
  const setting = rules === undefined ? 'watchlists' : 'rules';
  const faults = watchlistFaults({ rules: rules ?? now.rules, watchlists: watchlists ?? now.watchlists });
  return [...faults].map(([id, fault]) => ({ setting, message: message('rule.fault', { id, fault }) }));
}

/**
 * A channel whose watchlist does not exist, or would no longer exist. One that is already invalid does not block other changes.
 */
function routeIssues(patch: FileSettings, now: Settings): readonly SettingIssue[] {
  const { channels, watchlists } = patch;
  if (channels === undefined && watchlists === undefined) return [];
  const setting = channels === undefined ? 'watchlists' : 'channels';
  const before = new Map(now.channels.map(({ id, route }) => [id, route.watchlist]));
  const wrong = routeFaults(now);
  const faults = routeFaults({
    channels: channels ?? now.channels,
    watchlists: watchlists ?? now.watchlists,
  });
  return (channels ?? now.channels).flatMap(({ id, route }) => {
    const reason = faults.get(id);
    const isOld = wrong.has(id) && before.get(id) === route.watchlist;
    if (reason === undefined || isOld) return [];
    return [{ setting, message: message('channel.wrong', { id, reason }) }];
  });
}

/** Null if the provider cannot be reached, or has not responded before the signal aborts. */
async function orNull<T>(pending: Promise<T>, signal: AbortSignal): Promise<T | null> {
  try {
    return await pending;
  } catch (error) {
    if (error instanceof FeedError || signal.aborted) return null;
    throw error;
  }
}
