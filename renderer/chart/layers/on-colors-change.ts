/** Calls back when the page's colours (scheme, contrast, palette) may have changed, until the returned function is called. */
export function onColorsChange(onChange: () => void): () => void {
  const stop = new AbortController();
  for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)']) {
    matchMedia(query).addEventListener('change', onChange, { signal: stop.signal });
  }
  const observer = new MutationObserver(onChange);
  observer.observe(document.documentElement, {
    attributes: true,
    attributeFilter: ['data-mantine-color-scheme', 'data-chart-palette'],
  });
  return () => {
    stop.abort();
    observer.disconnect();
  };
}
