import type { Socket } from 'node:net';
import { openHttpTunnel } from './http-tunnel.ts';
import type { Endpoint } from './network.ts';
import { rootCause } from './root-cause.ts';
import { openSocksTunnel } from './socks-tunnel.ts';

/** Longest time for an answer of a proxy, in which it connects to the target. */
const TIMEOUT_MS = 5_000;

/**
 * Opens a connection to the target through a proxy.
 *
 * @throws Error that names the proxy and what went wrong, without user and password
 */
export async function openTunnel(proxy: URL, target: Endpoint): Promise<Socket> {
  const open = proxy.protocol.startsWith('socks') ? openSocksTunnel : openHttpTunnel;
  try {
    return await open(proxy, target, TIMEOUT_MS);
  } catch (error) {
    const cause = rootCause(error);
    const reason = cause instanceof Error ? cause.message : String(cause);
    // Not passed on as a cause: it may hold the options of the connection, and with them a password.
    throw new Error(`the proxy ${proxy.host} gives no connection: ${reason}`);
  }
}
