/** Marks each stylesheet that fails to load, for `reloadFailedStyles`. */
export function markFailedStyles(): void {
  const mark = ({ target }: Event): void => {
    if (target instanceof HTMLLinkElement && target.rel === 'stylesheet') target.dataset.failed = '';
  };
  // The error events of elements do not bubble.
  document.addEventListener('error', mark, { capture: true });
}

/**
 * Reloads the stylesheets that failed. Vite requests each one only once, so that a retried part would be rendered without
 * its styles. Rejects when one fails again.
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
