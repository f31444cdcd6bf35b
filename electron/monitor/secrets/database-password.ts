import { message } from '../../../shared/messages/message.ts';
import {
  type ConnectionUrl,
  formatConnectionUrl,
  parseConnectionUrl,
} from '../../../shared/settings/connection-url.ts';
import { bindSecret, isFor, readBoundSecret } from './bound-secret.ts';
import { SecretError, type SecretStore } from './secret-store.ts';
import { passwordTarget } from './secret-target.ts';

/** A connection URL and the password that was in it, escaped as it stands in URLs. */
export type SplitUrl = { readonly url: string; readonly password: string | null };

/** What a page shows in place of a password and gives back when the user left it alone. */
const HIDDEN = '***';

/** What is shown of a text that is no connection URL: the password may be anywhere in it. */
const UNREADABLE = `postgresql://${HIDDEN}`;

/**
 * Takes the password out of a PostgreSQL connection URL, from before the host or from `?password=`. A text that is no
 * connection URL stays as it is; it opens nothing, and is shown by `hidePassword` alone.
 */
export function splitPassword(url: string): SplitUrl {
  const read = readUrl(url);
  if (read === null || read.password === null) return { url, password: null };
  return {
    url: formatConnectionUrl({ ...read, password: null }),
    password: encodeURIComponent(read.password),
  };
}

/** Puts a password, escaped as URLs want it, into a connection URL that has none. The inverse of `splitPassword`. */
export function joinPassword({ url, password }: SplitUrl): string {
  const read = readUrl(url);
  if (password === null || read === null) return url;
  return formatConnectionUrl({ ...read, password: decodePassword(password) });
}

/** A connection URL as it may be shown: as it was understood, with `***` for the password. */
export function hidePassword(url: string): string {
  if (url === '') return url;
  const read = readUrl(url);
  if (read === null) return UNREADABLE;
  return formatConnectionUrl({ ...read, password: read.password === null ? null : HIDDEN });
}

function readUrl(url: string): ConnectionUrl | null {
  try {
    return parseConnectionUrl(url);
  } catch {
    return null;
  }
}

/** Earlier versions kept a password as it was written, so that it may hold a `%` that is no escape. */
function decodePassword(kept: string): string {
  try {
    return decodeURIComponent(kept);
  } catch {
    return kept;
  }
}

/** Puts the password of an earlier URL in the place of `***` in one that a user changed elsewhere. */
export function withKnownPassword(url: string, earlier: string): string {
  const { url: bare, password } = splitPassword(url);
  return password === HIDDEN ? joinPassword({ url: bare, password: splitPassword(earlier).password }) : url;
}

/** Whether the URL has `***` where its password was: a page gives it back so when the user left the password alone. */
export function hasHiddenPassword(url: string): boolean {
  return splitPassword(url).password === HIDDEN;
}

/** Keeps the password of the user's own database apart from the settings file. */
export type DatabasePassword = {
  /** The URL as a page may show it: `***` stands for a password that is kept. */
  shown(url: string): string;
  /**
   * The URL with the kept password, to connect with, if it is for the URL's server. A password that is in the URL itself is
   * the newer one.
   */
  complete(url: string): string;
  /** The server that the kept password is for, when the URL has none of its own and names another; otherwise null. */
  withheldFor(url: string): string | null;
  /**
   * Takes the password out of a URL that a user entered, and keeps it for the URL's server; `***` leaves the kept one.
   *
   * @returns the URL for settings.json
   * @throws SecretError when the user does not want it kept in plain form and there is no keyring
   */
  keep(url: string): Promise<string>;
};

/** @throws SecretError when there is a password and it cannot be read */
export async function openDatabasePassword(store: SecretStore): Promise<DatabasePassword> {
  const text = await store.get('databasePassword');
  let kept = text === null ? null : readBoundSecret(text);
  const passwordFor = (url: string): string | null =>
    kept !== null && isFor(kept, passwordTarget(url)) ? kept.secret : null;
  return {
    shown: (url) =>
      hidePassword(url === '' || passwordFor(url) === null ? url : joinPassword({ url, password: HIDDEN })),
    complete(url) {
      const { url: bare, password } = splitPassword(url);
      return bare === '' ? url : joinPassword({ url: bare, password: password ?? passwordFor(bare) });
    },
    withheldFor(url) {
      const isMissing = url !== '' && splitPassword(url).password === null;
      return isMissing && kept !== null && passwordFor(url) === null ? kept.target : null;
    },
    async keep(url) {
      const { url: bare, password } = splitPassword(url);
      if (password === HIDDEN) return bare;
      const target = passwordTarget(bare);
      if (password === null) {
        await store.remove('databasePassword');
      } else if ((await store.set('databasePassword', bindSecret(password, target))) === 'refused') {
        throw new SecretError(message('secret.password-not-stored'));
      }
      kept = password === null ? null : { secret: password, target };
      return bare;
    },
  };
}
