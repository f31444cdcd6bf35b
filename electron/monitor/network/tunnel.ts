import type { Socket } from 'node:net';
import { openHttpTunnel } from './http-tunnel.ts';
import type { Endpoint } from './network.ts';
import { rootCause } from './root-cause.ts';
import { openSocksTunnel } from './socks-tunnel.ts';

/** How long the proxy may take to connect to the target and respond. */
const TIMEOUT_MS = 5_000;

/**
 * Opens a connection to the target through a proxy.
 *
 * @throws Error that names the proxy and the failure, without user and password
 */
export async function openTunnel(proxy: URL, target: Endpoint): Promise<Socket> {
  const open = proxy.protocol.startsWith('socks') ? openSocksTunnel : openHttpTunnel;
  try {
    return await open(proxy, target, TIMEOUT_MS);
  } catch (error) {
    const cause = rootCause(error);
    const reason = cause instanceof Error ? cause.message : String(cause);
    // Not attached as the cause: it may contain the options of the connection, including a password.
    throw new Error(`the proxy ${proxy.host} gives no connection: ${reason}`);
  }
}
