import type { Socket } from 'node:net';
import type { Endpoint } from './network.ts';

/**
 * Opens a tunnel through a socks4:// or socks5:// proxy, which resolves the target's name. The library is loaded on
 * first use, because few users need it.
 *
 * @throws Error that may contain the options, including a password; `openTunnel` turns it into a message for people
 */
export async function openSocksTunnel(proxy: URL, target: Endpoint, timeoutMs: number): Promise<Socket> {
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
