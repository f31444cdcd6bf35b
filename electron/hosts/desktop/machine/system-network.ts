import type { Net, Session } from 'electron';
import type { Network } from '../../../monitor/network/network.ts';
import { routesOf } from './proxy-list.ts';

type SystemParts = {
  readonly net: Pick<Net, 'fetch'>;
  readonly session: Pick<Session, 'resolveProxy'>;
  /** Called before the first connection through a proxy. */
  readonly onProxy: () => void;
};

/**
 * The network with the system's proxy settings or PAC script, as browsers use them. Unlike a browser, it does not cache
 * responses: a cached one would contain an old price, and its `Date` header would be used as the current time.
 */
export function systemNetwork({ net, session, onProxy }: SystemParts): Network {
  let hadProxy = false;
  return {
    fetch: (input, init) =>
      net.fetch(input instanceof URL ? input.href : input, { ...init, cache: 'no-store' }),
    async routesTo(url) {
      const routes = routesOf(await session.resolveProxy(url.href));
      if (!hadProxy && routes.some((route) => route !== 'direct')) {
        hadProxy = true;
        onProxy();
      }
      return routes;
    },
  };
}
