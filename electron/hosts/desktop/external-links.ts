/** Where a link of the page may lead; the browser opens it, never a window of ours. Subdomains are not included. */
const HOSTS: ReadonlySet<string> = new Set(['coingecko.com', 'www.coingecko.com', 'docs.coingecko.com']);

/** Whether a link may be handed to the operating system, which would start a program for any other scheme. */
export function mayOpenOutside(url: string): boolean {
  const parsed = URL.parse(url);
  return (
    parsed !== null &&
    parsed.protocol === 'https:' &&
    HOSTS.has(parsed.hostname) &&
    parsed.port === '' &&
    parsed.username === '' &&
    parsed.password === ''
  );
}
