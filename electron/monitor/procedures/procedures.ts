import { ApiError } from '../../../shared/contract/api-error.ts';
import type { SettingsView } from '../../../shared/contract/settings-view.ts';
import type { Snapshot } from '../../../shared/domain/snapshot.ts';
import { message } from '../../../shared/messages/message.ts';
import { messageOf } from '../../../shared/messages/message-error.ts';
import type { Settings } from '../../../shared/settings/settings.ts';
import type { ChannelAdmin } from '../delivery/channel-admin.ts';
import { SecretError, type SecretName, type SecretStore } from '../secrets/secret-store.ts';
import { SettingsError } from '../settings/settings-error.ts';
import type { SettingsPatch, SettingsWriter } from '../settings/settings-writer.ts';
import type { CoinSearch } from '../sources/coingecko/coin-search.ts';
import type { QuoteCurrencies } from '../sources/coingecko/quote-currencies.ts';
import { FeedError } from '../sources/price-source.ts';
import { DatabaseUnavailable } from '../store/connection/database.ts';
import type { Store } from '../store/store.ts';
import type { Implementations } from './dispatch.ts';

export type ApiParts = {
  /** The latest instant that a price can have. */
  readonly latest: () => number;
  readonly store: Pick<Store, 'candles' | 'alerts' | 'alertsInRange'>;
  readonly settings: () => Settings;
  readonly snapshot: () => Snapshot;
  readonly settingsView: () => Omit<SettingsView, 'secrets'>;
  /** Absent where the host has no place to keep secrets. */
  readonly secrets: SecretStore | undefined;
  readonly settingsWriter: SettingsWriter;
  /** @throws Error when that cannot be kept */
  readonly dismissNotice: (id: string) => void;
  readonly channels: ChannelAdmin;
  readonly search: CoinSearch;
  readonly currencies: QuoteCurrencies;
};

/** What the monitor does for each procedure of the contract. */
export function createApi(parts: ApiParts): Implementations {
  const { store, secrets } = parts;
  const view = async (): Promise<SettingsView> => ({
    ...parts.settingsView(),
    secrets: secrets === undefined ? null : { coingeckoApiKey: await isSet(secrets, 'coingeckoApiKey') },
  });
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
          // A tick may be a little ahead of our clock; its candle is shown all the same. One of the future is not, which a
          // database may hold from a time when such prices were believed.
          before: before ?? parts.latest(),
        }),
      ),

    async alerts({ limit, before }) {
      // One more than asked for tells whether there is another page.
      const alerts = await store.alerts({ limit: limit + 1, before });
      const page = alerts.slice(0, limit);
      const last = page.at(-1);
      const next = alerts.length > limit && last ? { observedAt: last.observedAt, id: last.id } : null;
      return { alerts: page, next };
    },

    'alerts.range': (range) => store.alertsInRange({ ...range, vsCurrency: parts.settings().vsCurrency }),

    'alerts.deliveries': ({ alertIds }) => parts.channels.deliveries(alertIds),

    'channels.kinds': () => parts.channels.kinds(),

    'channels.list': () => parts.channels.list(),

    async 'channels.test'({ id }) {
      const outcome = await parts.channels.test(id);
      if (outcome === null) throw new ApiError('bad-request', message('channel.not-open', { id }));
      return outcome;
    },

    'channels.send-again': ({ id, alertIds }) => ({ count: parts.channels.sendAgain(id, alertIds) }),

    'coins.search': ({ query }) => asked(parts.search.find(query, AbortSignal.timeout(LOOKUP_TIMEOUT_MS))),

    currencies: () => asked(parts.currencies.list(AbortSignal.timeout(LOOKUP_TIMEOUT_MS))),

    'settings.get': view,

    async 'settings.set'(patch) {
      await orRefuse(() => parts.settingsWriter.change(withoutUndefined(patch)));
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
  };
}

/** Longer than one request may take; a page that was closed meanwhile waits no longer than this. */
const LOOKUP_TIMEOUT_MS = 30_000;

/** Why the provider cannot be asked is for the page to show, and the same call may work later. */
async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    if (!(cause instanceof FeedError)) throw cause;
    throw new ApiError('unavailable', cause.content, { cause });
  }
}

/** Why the database cannot be read is for the page to show, and the same call may work later. */
async function readFrom<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    if (!(cause instanceof DatabaseUnavailable)) throw cause;
    throw new ApiError('unavailable', cause.content, { cause });
  }
}

function withoutUndefined(
  patch: { readonly [Name in keyof SettingsPatch]?: SettingsPatch[Name] | undefined },
): SettingsPatch {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}

/** A secret that is there and cannot be read now, because the keyring is locked, is set all the same. */
async function isSet(secrets: SecretStore, name: SecretName): Promise<boolean> {
  try {
    return (await secrets.get(name)) !== null;
  } catch {
    return true;
  }
}

/** Turns what a person can mend into an error that the page shows. */
async function orRefuse(change: () => void | Promise<void>): Promise<void> {
  try {
    await change();
  } catch (cause) {
    if (cause instanceof SettingsError || cause instanceof SecretError) {
      const issues = cause instanceof SettingsError ? cause.issues : [];
      throw new ApiError('bad-request', cause.content, { cause, issues });
    }
    // Writing the file failed; its message names the file and what to do.
    throw new ApiError('unavailable', messageOf(cause), { cause });
  }
}
