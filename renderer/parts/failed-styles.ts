/** Marks each stylesheet that fails to load, for `loadWithStyles`. */
export function markFailedStyles(): void {
  const mark = ({ target }: Event): void => {
    if (target instanceof HTMLLinkElement && target.rel === 'stylesheet') target.dataset.failed = '';
  };
  // The error events of elements do not bubble.
  document.addEventListener('error', mark, { capture: true });
}

/** The URLs of the stylesheets that the code of a part has requested at its first attempt. */
const stylesOf = new WeakMap<() => Promise<unknown>, ReadonlySet<string>>();

/**
 * Loads the code of a part, and reloads stylesheets that have failed: Vite requests each one only once, so that a retried part would
 * be rendered without its styles. Rejects if the code or a stylesheet of this part fails, but not for a stylesheet of another part.
 *
 * @param load the same function for each attempt
 */
export async function loadWithStyles<T>(load: () => Promise<T>): Promise<T> {
  const failed = [...document.querySelectorAll<HTMLLinkElement>('link[data-failed]')];
  const own = stylesOf.get(load);
  await Promise.all(
    failed.map(async (link) => {
      const isLoaded = await reload(link);
      if (!isLoaded && own?.has(link.href)) throw new Error(`${link.href} could not be loaded.`);
    }),
  );
  const before = new Set(linked());
  const code = load();
  // Vite adds the links of a chunk before `load` returns.
  if (own === undefined) stylesOf.set(load, new Set(linked().filter((href) => !before.has(href))));
  return code;
}

const linked = (): string[] =>
  [...document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]')].map(({ href }) => href);

/** Requests a stylesheet again; resolves to whether it was loaded. */
function reload(failed: HTMLLinkElement): Promise<boolean> {
  const link = failed.cloneNode() as HTMLLinkElement;
  delete link.dataset.failed;
  return new Promise((resolve) => {
    link.addEventListener('load', () => resolve(true));
    link.addEventListener('error', () => resolve(false));
    failed.replaceWith(link);
  });
}
