/** The scheme of the page's files in the desktop app. Unlike `file:`, its pages have an origin. */
export const PAGE_SCHEME = 'app';
export const PAGE_HOST = 'monitor';
export const PAGE_URL = `${PAGE_SCHEME}://${PAGE_HOST}/`;

/**
 * Whether a URL belongs to the page, that is, has the scheme and host of the page: the program's own or a development server's.
 *
 * @param pageUrl the URL that the window loads
 */
export function isOfPage(url: string, pageUrl: string): boolean {
  const own = URL.parse(pageUrl);
  const requested = URL.parse(url);
  // `origin` is opaque ("null") for schemes that Node does not know.
  return (
    requested !== null && own !== null && requested.protocol === own.protocol && requested.host === own.host
  );
}
