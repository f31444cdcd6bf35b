import type { ServerResponse } from 'node:http';
import { systemClock } from '../electron/monitor/time/clock.ts';
import type { Fault } from './faults.ts';

/** A response before faults are applied. */
export type Reply = { readonly status: number; readonly body: unknown };

/** What was sent: the status and the body, null and undefined if there was none. */
export type Sent = { readonly status: number | null; readonly body: unknown };

const NOTHING: Sent = { status: null, body: undefined };
const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * Sends a response, or what a fault turns it into.
 *
 * @param now the market's time, for a `Retry-After` that is a date
 * @returns what a client receives if it reads the whole response
 */
export async function send(
  response: ServerResponse,
  reply: Reply,
  fault: Fault | null,
  now: number,
  closing: AbortSignal,
): Promise<Sent> {
  if (fault === null) return sendJson(response, reply.status, reply.body);
  switch (fault.kind) {
    case 'delay':
      await systemClock.sleep(fault.ms, closing);
      return sendJson(response, reply.status, reply.body);
    case 'hang':
      return NOTHING;
    case 'reset':
      response.socket?.resetAndDestroy();
      return NOTHING;
    case 'status':
      return sendStatus(response, fault, now);
    case 'truncate':
      return sendTruncated(response, reply, fault);
    case 'text':
      return sendText(response, fault.text, fault.contentType);
    case 'empty':
      return sendText(response, '', JSON_TYPE);
    case 'oversize':
      return sendText(response, `{"filler":"${'x'.repeat(fault.bytes)}"}`, JSON_TYPE);
    case 'json':
      return sendJson(response, 200, fault.value);
    case 'coin':
      return sendJson(response, reply.status, withOtherFields(reply.body, fault));
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): Sent {
  response.writeHead(status, { 'content-type': JSON_TYPE }).end(JSON.stringify(body));
  return { status, body };
}

function sendText(response: ServerResponse, text: string, contentType: string): Sent {
  response.writeHead(200, { 'content-type': contentType }).end(text);
  return { status: 200, body: undefined };
}

function sendStatus(response: ServerResponse, fault: Fault & { kind: 'status' }, now: number): Sent {
  const { status, retryAfterSeconds, retryAfterAs = 'seconds', location } = fault;
  if (location !== undefined) response.setHeader('location', location);
  if (retryAfterSeconds !== undefined) {
    const date = new Date(now + retryAfterSeconds * 1_000).toUTCString();
    response.setHeader('retry-after', retryAfterAs === 'date' ? date : String(retryAfterSeconds));
  }
  const body = { status: { error_code: status, error_message: `An injected ${status}.` } };
  return sendJson(response, status, body);
}

/** Sends either a complete HTTP message with truncated JSON, or one that ends before its content length. */
function sendTruncated(response: ServerResponse, reply: Reply, fault: Fault & { kind: 'truncate' }): Sent {
  const whole = Buffer.from(JSON.stringify(reply.body));
  const kept = whole.subarray(0, Math.min(fault.bytes, whole.length - 1));
  response.writeHead(200, {
    'content-type': JSON_TYPE,
    'content-length': fault.cut ? whole.length : kept.length,
  });
  if (!fault.cut) response.end(kept);
  else response.write(kept, () => response.socket?.destroy());
  return { status: 200, body: undefined };
}

function withOtherFields(body: unknown, fault: Fault & { kind: 'coin' }): unknown {
  if (typeof body !== 'object' || body === null) return body;
  const omitted = new Set(fault.omit ?? []);
  return Object.fromEntries(
    Object.entries(body).map(([coinId, entry]: [string, unknown]) => {
      const isAffected = fault.coinId === '*' || fault.coinId === coinId;
      if (!isAffected || typeof entry !== 'object' || entry === null) return [coinId, entry];
      const fields = Object.entries({ ...entry, ...fault.set }).filter(([name]) => !omitted.has(name));
      return [coinId, Object.fromEntries(fields)];
    }),
  );
}
