import type { Socket } from 'node:net';
import type { Endpoint } from './network.ts';

/**
 * Opens a tunnel through a socks4:// or socks5:// proxy, which looks the target's name up. The library is loaded with the
 * first one: few need it.
 *
 * @throws Error that may hold the options, and with them a password: `openTunnel` words it for people
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
