import type { lookup } from 'node:dns';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { environmentNetwork } from '../../network/environment-network.ts';
import { DeliveryError } from '../delivery-error.ts';
import type { HttpRequest } from '../http-request.ts';
import { createSendHttp, type SendHttpOptions } from './send-http.ts';

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A server on this machine that records its requests. */
async function serve(reply: RequestListener) {
  const requested: { url: string; headers: IncomingMessage['headers']; body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    requested.push({ url: request.url ?? '', headers: request.headers, body });
    reply(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, requested };
}

function send(
  request: Partial<HttpRequest> & { readonly url: string },
  options: Partial<SendHttpOptions> = {},
) {
  const sendHttp = createSendHttp({ network: environmentNetwork({}), ...options });
  closers.push(sendHttp.close);
  return sendHttp({ body: '{}', ...request }, AbortSignal.timeout(5_000));
}

/** Resolves names to the given addresses. */
const names = (addresses: Readonly<Record<string, readonly string[]>>): typeof lookup =>
  ((hostname: string, _options: unknown, callback: (error: Error | null, found: unknown) => void) => {
    const found = addresses[hostname] ?? [];
    callback(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  }) as unknown as typeof lookup;

const failure = async (sent: Promise<unknown>): Promise<{ kind: string; message: string }> => {
  const error = await sent.then(
    () => null,
    (cause: unknown) => cause,
  );
  if (!(error instanceof DeliveryError)) throw new Error(`no DeliveryError, but ${String(error)}`);
  return { kind: error.kind, message: error.message };
};

describe('a request of a channel', () => {
  it('goes to this machine without encryption, with its headers and body', async () => {
    const { port, requested } = await serve((_, response) => response.end('thank you'));
    const reply = await send({
      url: `http://127.0.0.1:${port}/hook`,
      headers: { 'content-type': 'text/plain' },
      body: 'hello',
    });
    expect(reply).toMatchObject({ status: 200, text: 'thank you' });
    expect(requested).toMatchObject([
      { url: '/hook', headers: { 'content-type': 'text/plain' }, body: 'hello' },
    ]);
  });

  it.each([
    'http://example.com/',
    'ftp://127.0.0.1/',
    'https://10.0.0.1/',
    'https://[fd00::1]/',
    'https://169.254.169.254/latest/meta-data',
    'https://[::ffff:127.0.0.1]/',
    'https://no-such-name.example/',
    'nonsense',
  ])('to %s is not made', async (url) => {
    const { kind } = await failure(send({ url }, { resolve: names({}) }));
    expect(kind).toBe('refused');
  });

  it('is not made if its host resolves to a private address, and connects to the checked address', async () => {
    const { port, requested } = await serve((_, response) => response.end());
    const resolve = names({ 'inside.example': ['127.0.0.1', '10.0.0.1'] });
    const url = `https://inside.example:${port}/`;
    expect(await failure(send({ url }, { resolve }))).toEqual({
      kind: 'refused',
      message:
        'inside.example is an address of a private network. Allow private addresses ("allowPrivate") for this channel if that is intended.',
    });
    expect(requested).toEqual([]);
  });

  it('goes to a private address that the user allows, also unencrypted', async () => {
    const { port, requested } = await serve((_, response) => response.end());
    const resolve = names({ 'home.example': ['127.0.0.1'] });
    await send({ url: `http://home.example:${port}/`, allowPrivate: true }, { resolve });
    expect(requested).toHaveLength(1);
  });

  it.each([
    ['another private address', 'https://10.0.0.1/'],
    ['this machine', 'https://localhost/'],
    ['an unencrypted address', 'http://example.com/'],
    ['no address', 'https://'],
  ])('is not redirected to %s', async (_, location) => {
    const { port, requested } = await serve((_request, response) =>
      response.writeHead(307, { location }).end(),
    );
    const { kind } = await failure(send({ url: `http://127.0.0.1:${port}/` }));
    expect(kind).toBe('refused');
    expect(requested).toHaveLength(1);
  });

  it('to this machine goes through no proxy, which would be another machine', async () => {
    const { port, requested } = await serve((_, response) => response.end());
    const network = environmentNetwork({
      HTTP_PROXY: 'http://127.0.0.1:9',
      HTTPS_PROXY: 'http://127.0.0.1:9',
    });
    await send({ url: `http://127.0.0.1:${port}/` }, { network });
    expect(requested).toHaveLength(1);
  });

  it.each([
    'https://localhost./',
    'https://a.localhost/',
    'https://intranet/',
    'https://nas.local/',
    'https://metadata.google.internal./',
    'https://10.0.0.1/',
  ])('to %s does not go through a proxy, which would resolve the name in its own network', async (url) => {
    const network = environmentNetwork({ HTTPS_PROXY: 'http://127.0.0.1:9' });
    expect((await failure(send({ url }, { network }))).kind).toBe('refused');
    expect((await failure(send({ url: 'https://example.com/' }, { network }))).kind).toBe('unreachable');
  });

  it('follows a redirect that keeps the method, without credentials for another host, and no loop', async () => {
    const { port, requested } = await serve((request, response) =>
      request.url === '/end'
        ? response.end('there')
        : response
            .writeHead(308, { location: request.url === '/loop' ? '/loop' : `http://b.example:${port}/end` })
            .end(),
    );
    const resolve = names({ 'a.example': ['127.0.0.1'], 'b.example': ['127.0.0.1'] });
    const headers = { authorization: 'Bearer planted', 'x-key': 'planted', 'content-type': 'text/plain' };
    const request = { allowPrivate: true, headers, body: 'hello' };
    const reply = await send({ url: `http://a.example:${port}/start`, ...request }, { resolve });
    expect(reply.text).toBe('there');
    expect(requested[1]).toMatchObject({
      url: '/end',
      body: 'hello',
      headers: { 'content-type': 'text/plain' },
    });
    expect(JSON.stringify(requested[1])).not.toContain('planted');
    const { kind } = await failure(send({ url: `http://a.example:${port}/loop`, ...request }, { resolve }));
    expect(kind).toBe('refused');
    expect(requested).toHaveLength(2 + 4);
  });

  it('reads a bounded part of the response', async () => {
    const { port } = await serve((_, response) => response.end('x'.repeat(10_000_000)));
    const { text } = await send({ url: `http://127.0.0.1:${port}/` });
    expect(text).toHaveLength(65_536);
  });

  it('times out, even in the middle of a body', async () => {
    const { port } = await serve((_, response) => response.write('a beginning'));
    const sendHttp = createSendHttp({ network: environmentNetwork({}) });
    closers.push(sendHttp.close);
    const over = new AbortController();
    const sent = sendHttp({ url: `http://127.0.0.1:${port}/`, body: '' }, over.signal);
    setTimeout(() => over.abort(), 50);
    expect((await failure(sent)).kind).toBe('unreachable');
  });

  it('reports only the host in errors, because the rest of the URL may be a secret', async () => {
    const { message } = await failure(send({ url: 'http://127.0.0.1:9/planted?token=planted' }));
    expect(message).toBe('127.0.0.1 cannot be reached (ECONNREFUSED).');
  });
});
