/** Marks each stylesheet that cannot be loaded, for `reloadFailedStyles`. */
export function markFailedStyles(): void {
  const mark = ({ target }: Event): void => {
    if (target instanceof HTMLLinkElement && target.rel === 'stylesheet') target.dataset.failed = '';
  };
  // Errors of elements do not bubble.
  document.addEventListener('error', mark, { capture: true });
}

/**
 * Loads anew the stylesheets that failed. Vite asks for each only once, and would show a part that is tried again without its
 * styles. Rejects when one fails again.
 */
export async function reloadFailedStyles(): Promise<void> {
  await Promise.all([...document.querySelectorAll<HTMLLinkElement>('link[data-failed]')].map(reload));
}

function reload(failed: HTMLLinkElement): Promise<void> {
  const link = failed.cloneNode() as HTMLLinkElement;
  delete link.dataset.failed;
  return new Promise((resolve, reject) => {
    link.addEventListener('load', () => resolve());
    link.addEventListener('error', () => reject(new Error(`${link.href} could not be loaded.`)));
    failed.replaceWith(link);
  });
}
