import type { Net, Session } from 'electron';
import type { Network } from '../../monitor/feed/network/network.ts';
import { routesOf } from './proxy-answer.ts';

type SystemParts = {
  readonly net: Pick<Net, 'fetch'>;
  readonly session: Pick<Session, 'resolveProxy'>;
};

/** The way out that the system is set to, as browsers go: through its proxy, or by its PAC script. */
export function systemNetwork({ net, session }: SystemParts): Network {
  return {
    fetch: (input, init) => net.fetch(input instanceof URL ? input.href : input, init),
    routesTo: async (url) => routesOf(await session.resolveProxy(url.href)),
  };
}
