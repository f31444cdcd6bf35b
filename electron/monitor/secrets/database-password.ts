import { SecretError, type SecretStore } from './secret-store.ts';

/** A connection URL and the password that was in it, as it was written there. */
export type SplitUrl = { readonly url: string; readonly password: string | null };

/** What a page shows in place of a password and gives back when the user left it alone. */
const HIDDEN = '***';

/** A user may be empty; the password reaches to the last `@` before the path, because people forget to escape one. */
const IN_AUTHORITY = /^(\w+:\/\/[^/?#:@]*):([^/?#]+)@/;
const IN_QUERY = /([?&])password=([^&#]+)(&?)/;

/** Takes the password out of a PostgreSQL connection URL, from before the host or from `?password=`. */
export function splitPassword(url: string): SplitUrl {
  const inAuthority = IN_AUTHORITY.exec(url);
  if (inAuthority) {
    return { url: url.replace(IN_AUTHORITY, '$1@'), password: inAuthority[2] ?? '' };
  }
  const inQuery = IN_QUERY.exec(url);
  if (inQuery) {
    const left = url.replace(IN_QUERY, (_, before: string, _password: string, after: string) =>
      after === '' ? '' : before,
    );
    return { url: left, password: inQuery[2] ?? '' };
  }
  return { url, password: null };
}

/**
 * Puts a password, escaped as URLs want it, into a connection URL that has none. The inverse of `splitPassword` for a
 * password before the host; one from the query comes back before the host, where it means the same.
 */
export function joinPassword({ url, password }: SplitUrl): string {
  if (password === null) return url;
  return url.replace(/^(\w+:\/\/)([^/?#@]*@)?/, (_, scheme: string, user?: string) => {
    return `${scheme}${user?.slice(0, -1) ?? ''}:${password}@`;
  });
}

/** A connection URL as it may be shown: with `***` for the password. */
export function hidePassword(url: string): string {
  const { url: bare, password } = splitPassword(url);
  return password === null ? url : joinPassword({ url: bare, password: HIDDEN });
}

/** Puts the password of an earlier URL in the place of `***` in one that a user changed elsewhere. */
export function withKnownPassword(url: string, earlier: string): string {
  const { url: bare, password } = splitPassword(url);
  return password === HIDDEN ? joinPassword({ url: bare, password: splitPassword(earlier).password }) : url;
}

/** Keeps the password of the user's own database apart from the settings file. */
export type DatabasePassword = {
  /** The URL as a page may show it: `***` stands for a password that is kept. */
  shown(url: string): string;
  /** The URL with the kept password, to connect with. A password that is in the URL itself is the newer one. */
  complete(url: string): string;
  /**
   * Takes the password out of a URL that a user entered, and keeps it; `***` leaves the kept one.
   *
   * @returns the URL for settings.json
   * @throws SecretError when the user does not want it kept in plain form and there is no keyring
   */
  keep(url: string): Promise<string>;
};

/** @throws SecretError when there is a password and it cannot be read */
export async function openDatabasePassword(store: SecretStore): Promise<DatabasePassword> {
  let kept = await store.get('databasePassword');
  return {
    shown(url) {
      const { url: bare, password } = splitPassword(url);
      if (bare === '' || (password === null && kept === null)) return url;
      return joinPassword({ url: bare, password: HIDDEN });
    },
    complete(url) {
      const { url: bare, password } = splitPassword(url);
      return bare === '' ? url : joinPassword({ url: bare, password: password ?? kept });
    },
    async keep(url) {
      const { url: bare, password } = splitPassword(url);
      if (password === HIDDEN) return bare;
      if (password === null) {
        await store.remove('databasePassword');
      } else if ((await store.set('databasePassword', password)) === 'refused') {
        throw new SecretError(
          'The database password was not stored, and the settings are as they were. ' +
            'Give it by the environment variable DATABASE_URL or DATABASE_URL_FILE instead.',
        );
      }
      kept = password;
      return bare;
    },
  };
}
