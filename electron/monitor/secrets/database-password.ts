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

/** Shown on a page in place of a password, and returned by it when the user did not change the password. */
const HIDDEN = '***';

/** Shown instead of a text that is not a connection URL: the password may be anywhere in it. */
const UNREADABLE = `postgresql://${HIDDEN}`;

/**
 * Takes the password out of a PostgreSQL connection URL, from before the host or from `?password=`. A text that is not a
 * connection URL is returned unchanged; it cannot be connected to, and must be shown through `hidePassword`.
 */
export function splitPassword(url: string): SplitUrl {
  const read = readUrl(url);
  if (read === null || read.password === null) return { url, password: null };
  return {
    url: formatConnectionUrl({ ...read, password: null }),
    password: encodeURIComponent(read.password),
  };
}

/** Inserts a password, escaped for a URL, into a connection URL without one. The inverse of `splitPassword`. */
export function joinPassword({ url, password }: SplitUrl): string {
  const read = readUrl(url);
  if (password === null || read === null) return url;
  return formatConnectionUrl({ ...read, password: decodePassword(password) });
}

/** A connection URL for display: as it was parsed, with `***` for the password. */
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

/** Earlier versions stored a password as it was entered, so it may contain a `%` that is not an escape. */
function decodePassword(kept: string): string {
  try {
    return decodeURIComponent(kept);
  } catch {
    return kept;
  }
}

/** Replaces `***` in a URL that the user has edited by the password of the earlier URL. */
export function withKnownPassword(url: string, earlier: string): string {
  const { url: bare, password } = splitPassword(url);
  return password === HIDDEN ? joinPassword({ url: bare, password: splitPassword(earlier).password }) : url;
}

/** Whether the URL has `***` as its password: a page returns it when the user did not change the password. */
export function hasHiddenPassword(url: string): boolean {
  return splitPassword(url).password === HIDDEN;
}

/** Keeps the password of the user's own database apart from the settings file. */
export type DatabasePassword = {
  /** The URL as a page may show it: `***` stands for a stored password. */
  shown(url: string): string;
  /**
   * The URL with the stored password, to connect with, if it is for the URL's server. A password in the URL itself is newer and
   * takes precedence.
   */
  complete(url: string): string;
  /**
   * The server that the stored password is for, if the URL has no password of its own and names another server; otherwise null.
   */
  withheldFor(url: string): string | null;
  /**
   * Takes the password out of a URL that a user entered, and stores it for the URL's server; `***` keeps the stored one.
   *
   * @returns the URL for settings.json
   * @throws SecretError when the user does not want it stored in plain text and there is no keyring
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
