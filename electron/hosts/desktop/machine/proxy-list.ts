import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import type { Route } from '../../../monitor/network/network.ts';

/** Proxy schemes by Chromium's names for them. Source: `ProxyServerToPacResultElement` in Chromium's net/base. */
const SCHEMES: ReadonlyMap<string, string> = new Map([
  ['PROXY', 'http'],
  ['HTTPS', 'https'],
  ['SOCKS', 'socks4'],
  ['SOCKS5', 'socks5'],
]);

/**
 * The routes in a result of Electron's `resolveProxy`, in its order: `PROXY office:3128; DIRECT`. Unsupported kinds
 * (QUIC) are omitted.
 *
 * @throws MessageError when nothing is left, or the result is empty: a direct connection would bypass a proxy
 */
export function routesOf(proxyList: string): readonly Route[] {
  const routes = proxyList.split(';').flatMap((entry): readonly Route[] => {
    const [kind = '', address = ''] = entry.trim().split(/\s+/);
    if (kind.toUpperCase() === 'DIRECT') return ['direct'];
    const scheme = SCHEMES.get(kind.toUpperCase());
    const url = scheme === undefined || address === '' ? null : URL.parse(`${scheme}://${address}`);
    return url === null ? [] : [url];
  });
  if (routes.length > 0) return routes;
  throw new MessageError(
    proxyList.trim() === '' ? message('proxy.unknown') : message('proxy.unusable', { answer: proxyList }),
  );
}
