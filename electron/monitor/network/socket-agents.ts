import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { message } from '../../../shared/messages/message.ts';
import { MessageError } from '../../../shared/messages/message-error.ts';
import type { Endpoint, Route, RoutesTo } from './network.ts';
import { openTunnel } from './tunnel.ts';

/** Agents for WebSockets of the two schemes. */
export type SocketAgents = { readonly ws: HttpAgent; readonly wss: HttpsAgent };

/** Creates agents that query the routes to a server before each connection and use the first one that opens. */
export function socketAgents(routesTo: RoutesTo): SocketAgents {
  return {
    ws: withRoutes('ws', new HttpAgent(), routesTo),
    wss: withRoutes('wss', new HttpsAgent(), routesTo),
  };
}

function withRoutes<A extends HttpAgent>(scheme: keyof SocketAgents, agent: A, routesTo: RoutesTo): A {
  const connect = agent.createConnection.bind(agent);
  const open = async (options: Parameters<typeof connect>[0]): Promise<Duplex> => {
    const endpoint = { host: options.host ?? 'localhost', port: Number(options.port) };
    const tunnel = await firstTunnel(await routesTo(urlOf(scheme, endpoint)), endpoint);
    if (tunnel !== null && scheme === 'ws') return tunnel;
    const withTunnel = { ...options, ...(tunnel && { socket: tunnel }) };
    const socket = connect(withTunnel);
    if (!socket) throw new MessageError(message('request.no-connection', { host: endpoint.host }));
    return socket;
  };
  agent.createConnection = (options, callback) => {
    // Its type requires a socket even with an error.
    const done = callback as ((error: Error | null, socket?: Duplex) => void) | undefined;
    open(options).then(
      (socket) => done?.(null, socket),
      (error: Error) => done?.(error),
    );
    return undefined;
  };
  return agent;
}

/** Returns null for a direct route; throws the last failure when no proxy opens a connection. */
async function firstTunnel(routes: readonly Route[], endpoint: Endpoint): Promise<Socket | null> {
  let failure: unknown = new MessageError(message('request.no-route', { host: endpoint.host }));
  for (const route of routes) {
    if (route === 'direct') return null;
    try {
      return await openTunnel(route, endpoint);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function urlOf(scheme: keyof SocketAgents, { host, port }: Endpoint): URL {
  return new URL(`${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}/`);
}
