import { ApiError } from '../../../shared/contract/api-error.ts';
import { type ParsedInput, type ProcedureName, procedures } from '../../../shared/contract/procedures.ts';
import type { SettingsView } from '../../../shared/contract/settings-view.ts';
import type { RulePhase } from '../../../shared/domain/rule-phase.ts';
import type { Snapshot } from '../../../shared/domain/snapshot.ts';
import { type Message, message } from '../../../shared/messages/message.ts';
import { mergeChange } from '../../../shared/settings/merge-change.ts';
import { type Mute, mutesInForce, withMute, withoutMute } from '../../../shared/settings/mutes.ts';
import type { Settings } from '../../../shared/settings/settings.ts';
import type { UnreadAlerts } from '../delivery/unread-alerts.ts';
import type { SecretName, SecretStore } from '../secrets/secret-store.ts';
import type { SettingsPatch, SettingsWriter } from '../settings/settings-writer.ts';
import type { CoinSearch } from '../sources/coingecko/coin-search.ts';
import type { QuoteCurrencies } from '../sources/coingecko/quote-currencies.ts';
import type { Store } from '../store/store.ts';
import type { Transfers } from '../store/transfer/transfers.ts';
import { fromProvider, orRefuse, orUnavailable, readFrom } from './call-errors.ts';
import type { ChannelAdmin } from './channel-admin.ts';
import type { Implementations } from './dispatch.ts';
import type { RuleAdmin } from './rule-admin.ts';

const WEEK_MS = 7 * 24 * 3_600_000;

/** Longer than the timeout of one request to the provider. */
const LOOKUP_TIMEOUT_MS = 30_000;

/** The dependencies of the procedures that only read. */
export type ReadingParts = {
  /** The latest plausible time of a price. */
  readonly latest: () => number;
  readonly store: Pick<Store, 'candles' | 'alerts' | 'alertMarks' | 'ruleActivity'>;
  readonly settings: () => Settings;
  readonly snapshot: () => Snapshot;
  readonly settingsView: () => Omit<SettingsView, 'secrets'>;
  /** Absent if the host does not store secrets. */
  readonly secrets: SecretStore | undefined;
  readonly unread: Pick<UnreadAlerts, 'ids'>;
  readonly channels: Pick<ChannelAdmin, 'kinds' | 'list' | 'deliveries'>;
  readonly rules: Pick<RuleAdmin, 'kinds' | 'preview' | 'holding' | 'solve'>;
  readonly phases: () => readonly RulePhase[];
  readonly now: () => number;
  /** Real time, with which mutes end even when the program's clock runs faster. */
  readonly realNow: () => number;
  readonly search: CoinSearch;
  readonly currencies: QuoteCurrencies;
};

export type ApiParts = ReadingParts & {
  readonly settingsWriter: SettingsWriter;
  /** @throws Error when the dismissal cannot be saved */
  readonly dismissNotice: (id: string) => void;
  readonly unread: Pick<UnreadAlerts, 'markRead'>;
  readonly channels: ChannelAdmin;
  readonly rules: RuleAdmin;
  readonly transfers: Transfers;
};

/** Implements each procedure of the contract. */
export function createApi(parts: ApiParts): Implementations {
  return { ...createReadingProcedures(parts), ...createChangingProcedures(parts) };
}

/** Implements the procedures that change nothing, and refuses all others, including any added later. */
export function createReadOnlyApi(parts: ReadingParts, reason: Message): Implementations {
  const refuse = (): never => {
    throw new ApiError('bad-request', reason);
  };
  const refusing = Object.fromEntries(Object.keys(procedures).map((name) => [name, refuse]));
  return {
    ...(refusing as Readonly<Record<ProcedureName, typeof refuse>>),
    ...createReadingProcedures(parts),
  };
}

function createReadingProcedures(parts: ReadingParts) {
  const { store } = parts;
  return {
    snapshot: () => parts.snapshot(),

    candles: ({ coinId, interval, limit, before, volumeKind }) =>
      readFrom(
        store.candles({
          volumeKind,
          coinId,
          vsCurrency: parts.settings().vsCurrency,
          interval,
          limit,
          // The candle of a tick that is slightly ahead of our clock is included. Candles of the future, which a database
          // may contain from a version that accepted such prices, are not.
          before: before ?? parts.latest(),
        }),
      ),

    async alerts({ limit, before, filter }) {
      // Reads one more than requested, to determine whether there is another page.
      const alerts = await store.alerts({ limit: limit + 1, before, filter });
      const page = alerts.slice(0, limit);
      const last = page.at(-1);
      const next = alerts.length > limit && last ? { observedAt: last.observedAt, id: last.id } : null;
      return { alerts: page, next };
    },

    'alerts.range': (range) => store.alertMarks({ ...range, vsCurrency: parts.settings().vsCurrency }),

    'alerts.deliveries': ({ alertIds }) => parts.channels.deliveries(alertIds),

    'alerts.unread': () => ({ alertIds: parts.unread.ids() }),

    'channels.kinds': () => parts.channels.kinds(),

    'channels.list': () => parts.channels.list(),

    'alerts.mutes': () => [...mutesInForce(parts.settings().mutes, parts.realNow())],

    'rules.kinds': () => parts.rules.kinds(),

    'rules.activity': () => store.ruleActivity(parts.now() - WEEK_MS),

    'rules.phases': () => parts.phases(),

    'rules.preview': ({ editor, rule, coinId }) => readFrom(parts.rules.preview(editor, rule, coinId)),

    'rules.holding': ({ editor, rule, coinIds }) => readFrom(parts.rules.holding(editor, rule, coinIds)),

    'rules.solve': ({ editor, ...request }) => readFrom(parts.rules.solve(editor, request)),

    'coins.search': ({ query }) =>
      fromProvider(parts.search.find(query, AbortSignal.timeout(LOOKUP_TIMEOUT_MS))),

    currencies: () => fromProvider(parts.currencies.list(AbortSignal.timeout(LOOKUP_TIMEOUT_MS))),

    'settings.get': () => viewSettings(parts),
  } satisfies Partial<Implementations>;
}

function createChangingProcedures(parts: ApiParts) {
  const { transfers } = parts;
  const view = (): Promise<SettingsView> => viewSettings(parts);
  const changeMutes = async (
    change: (mutes: readonly Mute[], now: number) => Mute[],
  ): Promise<readonly Mute[]> => {
    let changed: readonly Mute[] = [];
    await orRefuse(() =>
      parts.settingsWriter.update(({ mutes }) => {
        changed = change(mutes, parts.realNow());
        return { mutes: [...changed] };
      }),
    );
    return changed;
  };
  return {
    'export.start': (choice) => orUnavailable(async () => ({ id: await transfers.startExport(choice) })),

    'backup.start': () => orUnavailable(async () => ({ id: await transfers.startBackup() })),

    'export.read': ({ id }) =>
      orUnavailable(async () => {
        const { bytes, percent } = await transfers.readExport(id);
        return { data: bytes === null ? null : Buffer.from(bytes).toString('base64'), percent };
      }),

    'import.start': (choice) => orUnavailable(async () => ({ id: await transfers.startImport(choice) })),

    'import.write': ({ id, data, isLast }) =>
      orUnavailable(async () => {
        await transfers.writeImport(id, Buffer.from(data, 'base64'), isLast);
        return {};
      }),

    'import.state': ({ id }) => orUnavailable(async () => transfers.importState(id)),

    async 'transfer.cancel'({ id }) {
      await transfers.cancel(id);
      return {};
    },

    async 'alerts.mark-read'({ alertIds }) {
      await orRefuse(() => parts.unread.markRead(alertIds));
      return {};
    },

    async 'channels.test'({ id }) {
      const outcome = await parts.channels.test(id);
      if (outcome === null) throw new ApiError('bad-request', message('channel.not-open', { id }));
      return outcome;
    },

    async 'channels.save'({ channel, ...options }) {
      await orRefuse(() => parts.channels.save(channel, options));
      return parts.channels.list();
    },

    async 'channels.remove'({ id }) {
      await orRefuse(() => parts.channels.remove(id));
      return parts.channels.list();
    },

    'channels.send-again': ({ id, alertIds }) => ({ count: parts.channels.sendAgain(id, alertIds) }),

    'alerts.mute': (mute) => changeMutes((mutes, now) => withMute(mutes, mute, now)),

    'alerts.unmute': (subject) => changeMutes((mutes, now) => withoutMute(mutes, subject, now)),

    async 'alerts.pause'(pause) {
      await orRefuse(() => parts.settingsWriter.change({ pause }));
      return {};
    },

    async 'alerts.resume'() {
      await orRefuse(() => parts.settingsWriter.change({ pause: null }));
      return {};
    },

    async 'rules.save'({ rule, ...options }) {
      await orRefuse(() => parts.rules.save(rule, options));
      return view();
    },

    async 'rules.remove'({ id }) {
      await orRefuse(() => parts.rules.remove(id));
      return view();
    },

    async 'rules.add'({ rules }) {
      await orRefuse(() => parts.rules.add(rules));
      return view();
    },

    async 'settings.set'({ shown = {}, ...patch }) {
      const changes = withoutUndefined(patch);
      await orRefuse(() => parts.settingsWriter.change(changes, (now) => mergedWith(now, shown, changes)));
      return view();
    },

    async 'notices.dismiss'({ id }) {
      await orRefuse(() => parts.dismissNotice(id));
      return {};
    },

    async 'secrets.set'({ value }) {
      await orRefuse(() => parts.settingsWriter.setKey(value));
      return view();
    },
  } satisfies Partial<Implementations>;
}

async function viewSettings({ settingsView, secrets }: ReadingParts): Promise<SettingsView> {
  return {
    ...settingsView(),
    secrets: secrets === undefined ? null : { coingeckoApiKey: await isSet(secrets, 'coingeckoApiKey') },
  };
}

/** Merges the settings of a patch with the changes that others have made since the page was shown them. */
function mergedWith(
  now: Settings,
  shown: NonNullable<ParsedInput<'settings.set'>['shown']>,
  patch: SettingsPatch,
): SettingsPatch {
  const names = Object.keys(withoutUndefined(shown)) as (keyof typeof shown)[];
  const merged = names
    .filter((name) => patch[name] !== undefined)
    .map((name) => [name, mergeChange<unknown>(shown[name], patch[name], now[name])]);
  return Object.fromEntries(merged);
}

function withoutUndefined(
  patch: { readonly [Name in keyof SettingsPatch]?: SettingsPatch[Name] | undefined },
): SettingsPatch {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}

/** A secret that exists but cannot be read, because the keyring is locked, counts as set. */
async function isSet(secrets: SecretStore, name: SecretName): Promise<boolean> {
  try {
    return (await secrets.get(name)) !== null;
  } catch {
    return true;
  }
}
