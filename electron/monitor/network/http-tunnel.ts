import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { message } from '../../../shared/messages/message.ts';
import { MessageError } from '../../../shared/messages/message-error.ts';
import type { Endpoint } from './network.ts';

/**
 * Opens a tunnel through an http:// or https:// proxy with CONNECT (RFC 9110, 9.3.6).
 *
 * @throws Error of the connection; `openTunnel` turns it into a message for people
 */
export async function openHttpTunnel(proxy: URL, target: Endpoint, timeoutMs: number): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const host = proxy.hostname.replace(/^\[(.+)\]$/, '$1');
  const authority = `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`;
  const isSecure = proxy.protocol === 'https:';
  const request = (isSecure ? httpsRequest : httpRequest)({
    host,
    port: proxy.port || (isSecure ? 443 : 80),
    // Without it, Node would take the proxy's name from the `host` header, which names the target.
    servername: isIP(host) === 0 ? host : '',
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, ...authorization(proxy) },
    agent: false,
    timeout: timeoutMs,
  });
  request
    // A pending proxy must not keep the process alive.
    .on('socket', (socket) => socket.unref())
    .on('timeout', () =>
      request.destroy(new MessageError(message('request.proxy-timeout', { seconds: timeoutMs / 1_000 }))),
    )
    .on('error', reject)
    .on('connect', ({ statusCode, statusMessage }, socket: Socket) => {
      if (statusCode === 200) {
        socket.setTimeout(0);
        resolve(socket.ref());
      } else {
        socket.destroy();
        reject(
          new MessageError(
            message('request.proxy-answer', { status: statusCode ?? 0, said: statusMessage ?? '' }),
          ),
        );
      }
    })
    .end();
  return promise;
}

function authorization({ username, password }: URL): { 'proxy-authorization'?: string } {
  if (username === '' && password === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}
