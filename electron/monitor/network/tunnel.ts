import type { Socket } from 'node:net';
import { message } from '../../../shared/messages/message.ts';
import { MessageError, messageOf } from '../../../shared/messages/message-error.ts';
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
    const reason = messageOf(rootCause(error));
    // Not attached as the cause: it may contain the options of the connection, including a password.
    throw new MessageError(message('request.proxy-failed', { proxy: proxy.host, reason }));
  }
}
