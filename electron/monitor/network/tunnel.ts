import type { Socket } from 'node:net';
import { message } from '../../../shared/messages/message.ts';
import { MessageError, messageOf } from '../../../shared/messages/message-error.ts';
import { openHttpTunnel } from './http-tunnel.ts';
import type { Endpoint } from './network.ts';
import { rootCause } from './root-cause.ts';

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

/**
 * Opens a tunnel through a socks4:// or socks5:// proxy, which resolves the target's name. The library is loaded on
 * first use, because few users need it.
 *
 * @throws Error that may contain the options, including a password; `openTunnel` turns it into a message for people
 */
async function openSocksTunnel(proxy: URL, target: Endpoint, timeoutMs: number): Promise<Socket> {
  const { SocksClient } = await import('socks');
  const { socket } = await SocksClient.createConnection({
    command: 'connect',
    proxy: {
      host: proxy.hostname.replace(/^\[(.+)\]$/, '$1'),
      port: Number(proxy.port || 1080),
      type: proxy.protocol === 'socks4:' ? 4 : 5,
      ...(proxy.username && { userId: decodeURIComponent(proxy.username) }),
      ...(proxy.password && { password: decodeURIComponent(proxy.password) }),
    },
    destination: target,
    timeout: timeoutMs,
  });
  return socket;
}
