/** The scheme of the page's files in the desktop app. A page of it has an origin of its own, unlike one of `file:`. */
export const PAGE_SCHEME = 'app';
export const PAGE_HOST = 'monitor';
export const PAGE_URL = `${PAGE_SCHEME}://${PAGE_HOST}/`;

/**
 * Whether this URL is one of the page's own, on the scheme, or on the development server when there is one.
 *
 * @param pageUrl the URL that the window was told to load
 */
export function isOfPage(url: string, pageUrl: string): boolean {
  const own = URL.parse(pageUrl);
  const asked = URL.parse(url);
  // `origin` is opaque ("null") for schemes that Node does not know.
  return asked !== null && own !== null && asked.protocol === own.protocol && asked.host === own.host;
}
