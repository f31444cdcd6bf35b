import type { Net, Session } from 'electron';
import type { Network } from '../../../monitor/network/network.ts';
import { routesOf } from './proxy-answer.ts';

type SystemParts = {
  readonly net: Pick<Net, 'fetch'>;
  readonly session: Pick<Session, 'resolveProxy'>;
  /** Called before the first connection through a proxy. */
  readonly onProxy: () => void;
};

/**
 * The network as the system is set up, as browsers use it: through its proxy, or by its PAC script. Unlike a browser, it keeps
 * no answers: one of Chromium's cache is a price of before, and its `Date` is taken for the present.
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
