import type { z } from 'zod';
import type { FailureKind } from '../../../../shared/domain/delivery.ts';
import { message } from '../../../../shared/messages/message.ts';
import { retryAfterMs } from '../../network/retry-after.ts';
import type { ChannelLimits, RaisedAlert } from '../channel.ts';
import { type ChannelKind, channelKind } from '../channel-kind.ts';
import { DeliveryError } from '../delivery-error.ts';
import type { HttpRequest, HttpResponse } from '../http-request.ts';

/** A kind of channel that accepts alerts in one HTTP request. */
export type HttpKind<Options> = {
  readonly kind: string;
  readonly options: z.ZodType<Options>;
  readonly secrets?: readonly (keyof Options & string)[];
  readonly limits?: ChannelLimits;
  /** See `Channel`; most are for people. */
  readonly isForPeople?: boolean;
  /**
   * The request that delivers the alerts: a single one, or several for a digest.
   *
   * @param now milliseconds since the epoch
   */
  request(options: Options, alerts: readonly RaisedAlert[], now: number): HttpRequest;
  /** The meaning of a response if the service uses a status in a special way; undefined to use the status. */
  failureKind?(response: HttpResponse): FailureKind | undefined;
  /** How long to wait after a failed attempt, in ms, when the response has no `Retry-After`. */
  waitMs?(response: HttpResponse, now: number): number | undefined;
};

/** A rate that services allow: all of them accept a request per second. */
const LIMITS: ChannelLimits = { timeoutMs: 20_000, rate: { burst: 10, everyMs: 1_000 } };

/** Makes a kind of channel from its request. */
export function httpKind<Options>(http: HttpKind<Options>): ChannelKind {
  const { kind, options, secrets, limits, isForPeople = true, request } = http;
  return channelKind<Options>({
    kind,
    options,
    ...(secrets && { secrets }),
    isForPeople,
    limits: { ...LIMITS, ...limits },
    open: (chosen, { sendHttp, clock }) => ({
      async deliver(alerts, signal) {
        const httpRequest = request(chosen, alerts, clock.now());
        const response = await sendHttp(httpRequest, signal);
        const failureKind = http.failureKind?.(response) ?? kindOfStatus(response.status);
        if (failureKind === null) return;
        const { status, headers, text } = response;
        const wait = retryAfterMs(headers, clock.now()) ?? http.waitMs?.(response, clock.now());
        const content = message('delivery.answer', {
          host: hostOf(httpRequest.url),
          status,
          said: firstLine(text),
        });
        throw new DeliveryError(failureKind, content, { retryAfterMs: wait });
      },
    }),
  });
}

/** The URL of a path on a server, whose address may end with a slash. */
export function urlAt(server: string, path: string): string {
  return server.replace(/\/+$/, '') + path;
}

/** A request with a JSON body. */
export function jsonRequest(
  url: string,
  json: unknown,
  rest: Omit<HttpRequest, 'url' | 'body'> = {},
): HttpRequest {
  const headers = { 'content-type': 'application/json', ...rest.headers };
  return { ...rest, url, headers, body: JSON.stringify(json) };
}

/** The fields of a JSON object in a response; none for any other content. */
export function jsonFields({ text }: HttpResponse): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/**
 * A `failureKind` for services that respond 400 or 422 also when the key, the address or the recipient is wrong: otherwise each
 * alert would become a dead letter, as if the alert itself had been rejected.
 *
 * @param pattern that matches the text of such a response
 */
export function refusedIf(pattern: RegExp): (response: HttpResponse) => FailureKind | undefined {
  return ({ status, text }) =>
    (status === 400 || status === 422) && pattern.test(text) ? 'refused' : undefined;
}

/** The meaning of a status for the delivery; null for success. */
function kindOfStatus(status: number): FailureKind | null {
  if (status >= 200 && status < 300) return null;
  if (status === 429) return 'rate-limited';
  // An address that does not exist (any more) is treated like an invalid key: the user has to enter another.
  if ([401, 403, 404, 405, 407, 410].includes(status)) return 'refused';
  if (status === 408 || status === 425 || status >= 500) return 'unreachable';
  return 'rejected';
}

/** The part that is useful to people; none for an HTML page. It is cut after secrets were removed. */
function firstLine(text: string): string {
  const [line = ''] = text.trim().split(/[\r\n]/);
  return line.startsWith('<') ? '' : line;
}

function hostOf(url: string): string {
  return URL.parse(url)?.hostname ?? 'the server';
}
