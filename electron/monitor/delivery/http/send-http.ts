import { type LookupAddress, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import type { Agent, Dispatcher } from 'undici';
import { type Message, message } from '../../../../shared/messages/message.ts';
import { unlessAborted } from '../../async/unless-aborted.ts';
import { certificateMessage } from '../../network/certificate-error.ts';
import type { Network } from '../../network/network.ts';
import { rootCause } from '../../network/root-cause.ts';
import { DeliveryError } from '../delivery-error.ts';
import type { HttpResponse, SendHttp } from '../http-request.ts';
import { isLoopbackHost, isPrivateName, isPublicAddress } from './public-address.ts';

const MAX_BYTES = 64 * 1_024;
const MAX_REDIRECTS = 3;
/** Headers that a redirect to another host keeps; the others may be credentials. */
const HARMLESS_HEADERS = /^(content-type|webhook-(id|timestamp|signature))$/i;

type Agents = {
  /** Connects only to public addresses. */
  readonly public: Agent;
  readonly any: Agent;
};

export type SendHttpOptions = {
  /** Resolves a name to its addresses, like `dns.lookup`. */
  readonly resolve?: typeof lookup;
  /** Whether an address is on the public internet. */
  readonly isPublic?: (address: string) => boolean;
  /**
   * If a proxy is configured for the URL, it resolves names, and requests go through the host's `fetch`. Requests to this machine
   * go through none: the proxy would be another machine, and is not to read what is not encrypted.
   */
  readonly network: Network;
};

export function createSendHttp({
  resolve = lookup,
  isPublic = isPublicAddress,
  network,
}: SendHttpOptions): SendHttp & { close(): Promise<void> } {
  const openAgents = async (): Promise<Agents> => {
    // A megabyte of code that is only loaded by programs with such a channel.
    const { Agent } = await import('undici');
    const agentFor = (mayUse: (address: string) => boolean): Agent =>
      new Agent({
        connect: { lookup: checkedLookup(resolve, mayUse), timeout: 10_000 },
        headersTimeout: 15_000,
        bodyTimeout: 10_000,
        pipelining: 0,
      });
    return { public: agentFor(isPublic), any: agentFor(() => true) };
  };
  let opening: Promise<Agents> | null = null;

  const send: SendHttp = async (
    { url, method = 'POST', headers = {}, body, allowPrivate = false },
    signal,
  ) => {
    let target = parseTarget(url, allowPrivate);
    let sent: Readonly<Record<string, string>> = headers;
    for (let redirects = 0; ; redirects++) {
      const isDirect = isLoopbackHost(target.hostname) || (await network.routesTo(target))[0] === 'direct';
      // Only the address that the user entered may be this machine.
      const isOpen = allowPrivate || (redirects === 0 && isLoopbackHost(target.hostname));
      if (!isOpen) refusePrivate(target, isPublic, isDirect);
      const outgoing = { method, headers: sent, body, signal };
      let reply: HttpResponse;
      try {
        opening ??= openAgents();
        const agents = await opening;
        const sending = isDirect
          ? direct(target, { ...outgoing, dispatcher: isOpen ? agents.any : agents.public })
          : network.fetch(target.href, { ...outgoing, redirect: 'manual' }).then(read);
        // undici does not check the signal while it connects.
        reply = await unlessAborted(signal, sending);
      } catch (cause) {
        throw failureOf(cause, target.hostname);
      }
      const location = reply.headers.get('location');
      if (reply.status < 300 || reply.status >= 400) return reply;
      if (![307, 308].includes(reply.status) || location === null || redirects === MAX_REDIRECTS) {
        throw new DeliveryError(
          'refused',
          message('delivery.redirect', { host: target.hostname, status: reply.status }),
        );
      }
      const next = parseTarget(URL.parse(location, target.href)?.href ?? '', allowPrivate, target.hostname);
      if (next.origin !== target.origin) {
        sent = Object.fromEntries(Object.entries(sent).filter(([name]) => HARMLESS_HEADERS.test(name)));
      }
      target = next;
    }
  };

  return Object.assign(send, {
    async close() {
      const agents = await opening;
      await Promise.all([agents?.public.destroy(), agents?.any.destroy()]);
    },
  });
}

/** Checks the parts of a URL that need no lookup. */
function parseTarget(url: string, allowPrivate: boolean, redirectedFrom?: string): URL {
  const target = URL.parse(url);
  const refuse = (reason: Message): DeliveryError =>
    new DeliveryError(
      'refused',
      redirectedFrom === undefined
        ? reason
        : message('delivery.bad-redirect', { host: redirectedFrom, reason }),
    );
  if (target === null || !/^https?:$/.test(target.protocol)) {
    throw refuse(message('delivery.not-https'));
  }
  const isLoopback = redirectedFrom === undefined && isLoopbackHost(target.hostname);
  if (target.protocol === 'http:' && !isLoopback && !allowPrivate) {
    throw refuse(message('delivery.unencrypted', { host: target.hostname }));
  }
  return target;
}

/** A literal address is not looked up when the connection is made, and a name is not looked up here if a proxy does it. */
function refusePrivate({ hostname }: URL, isPublic: (address: string) => boolean, isDirect: boolean): void {
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  const isPrivate =
    isIP(address) === 0
      ? isLoopbackHost(hostname) || (!isDirect && isPrivateName(hostname))
      : !isPublic(address);
  if (isPrivate) throw privateAddress(hostname);
}

function privateAddress(hostname: string): DeliveryError {
  return new DeliveryError('refused', message('delivery.private-address', { host: hostname }));
}

/** Looks a name up and returns only allowed addresses; the connection is made to a checked address. */
function checkedLookup(resolve: typeof lookup, mayUse: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, '', 0);
      const addresses = (found as readonly LookupAddress[]).filter(({ address }) => mayUse(address));
      const [first] = addresses;
      if (first === undefined) return callback(privateAddress(hostname), '', 0);
      if (options.all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  };
}

async function direct(
  target: URL,
  options: {
    method: string;
    headers: Readonly<Record<string, string>>;
    body: string;
    signal: AbortSignal;
    dispatcher: Dispatcher;
  },
): Promise<HttpResponse> {
  const { request } = await import('undici');
  const { statusCode, headers, body } = await request(target, {
    ...options,
    method: options.method as 'POST',
  });
  const received = new Headers();
  for (const [name, value] of Object.entries(headers)) received.set(name, String(value));
  return { status: statusCode, headers: received, text: await firstBytes(body) };
}

async function read(response: Response): Promise<HttpResponse> {
  const { status, headers, body } = response;
  return { status, headers, text: body === null ? '' : await firstBytes(body) };
}

/** The rest is not read: the connection is closed. */
async function firstBytes(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= MAX_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, MAX_BYTES).toString('utf8');
}

function failureOf(error: unknown, host: string): DeliveryError {
  if (error instanceof DeliveryError) return error;
  const cause = rootCause(error);
  if (cause instanceof DeliveryError) return cause;
  const reason = certificateMessage(cause, host);
  if (reason !== null) {
    return new DeliveryError('certificate', message('delivery.untrusted', { reason }), { cause });
  }
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : null;
  return new DeliveryError('unreachable', message('delivery.unreachable', { host, code }), { cause });
}
