/** Marks each stylesheet that fails to load, for `loadWithStyles`. */
export function markFailedStyles(): void {
  const mark = ({ target }: Event): void => {
    if (target instanceof HTMLLinkElement && target.rel === 'stylesheet') target.dataset.failed = '';
  };
  // The error events of elements do not bubble.
  document.addEventListener('error', mark, { capture: true });
}

/** The addresses of the stylesheets that the code of a part has requested first. */
const stylesOf = new WeakMap<() => Promise<unknown>, ReadonlySet<string>>();

/**
 * Loads the code of a part, and again the stylesheets that failed: Vite requests each one only once, so that a retried part would
 * be rendered without its styles. Rejects when the code or a stylesheet of this part fails; those of others do not keep it away.
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

/** Whether the stylesheet is loaded now. */
function reload(failed: HTMLLinkElement): Promise<boolean> {
  const link = failed.cloneNode() as HTMLLinkElement;
  delete link.dataset.failed;
  return new Promise((resolve) => {
    link.addEventListener('load', () => resolve(true));
    link.addEventListener('error', () => resolve(false));
    failed.replaceWith(link);
  });
}
