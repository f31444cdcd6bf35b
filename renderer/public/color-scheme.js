// Runs before the first paint, so that the page does not flash in the wrong colour scheme.
// Key and attribute are those of MantineProvider, which takes over from here.
(() => {
  const chosen = window.localStorage.getItem('mantine-color-scheme-value');
  const isDark =
    chosen === 'dark' || (chosen !== 'light' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', isDark ? 'dark' : 'light');
})();
