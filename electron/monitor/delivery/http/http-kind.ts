import type { z } from 'zod';
import type { FailureKind } from '../../../../shared/domain/delivery.ts';
import { message } from '../../../../shared/messages/message.ts';
import { retryAfterMs } from '../../network/retry-after.ts';
import type { ChannelLimits, RaisedAlert } from '../channel.ts';
import { type ChannelKind, channelKind } from '../channel-kind.ts';
import { DeliveryError } from '../delivery-error.ts';
import type { HttpRequest, HttpResponse } from '../http-request.ts';

/** A kind of channel that takes alerts by one HTTP request. */
export type HttpKind<Options> = {
  readonly kind: string;
  readonly options: z.ZodType<Options>;
  readonly secrets?: readonly (keyof Options & string)[];
  readonly limits?: ChannelLimits;
  /** See `Channel`; most are for people. */
  readonly isForPeople?: boolean;
  /**
   * The request that delivers the alerts: one, or several where a digest is wanted.
   *
   * @param now milliseconds since the epoch
   */
  request(options: Options, alerts: readonly RaisedAlert[], now: number): HttpRequest;
  /** What a response says in the service's own way; null leaves it to the status. */
  failure?(response: HttpResponse): DeliveryError | null;
};

/** What services allow: a request per second is fine for all of them. */
const LIMITS: ChannelLimits = { timeoutMs: 20_000, rate: { burst: 10, everyMs: 1_000 } };

/** Makes a kind of channel of the request that it takes. */
export function httpKind<Options>(http: HttpKind<Options>): ChannelKind {
  const { kind, options, secrets, limits, isForPeople = true, request, failure } = http;
  return channelKind<Options>({
    kind,
    options,
    ...(secrets && { secrets }),
    isForPeople,
    limits: { ...LIMITS, ...limits },
    open: (chosen, { sendHttp, clock }) => ({
      async deliver(alerts, signal) {
        const asked = request(chosen, alerts, clock.now());
        const response = await sendHttp(asked, signal);
        const error = failure?.(response) ?? failureOfStatus(response, hostOf(asked.url), clock.now());
        if (error !== null) throw error;
      },
    }),
  });
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

/** The fields of a JSON object in a response; none when it is anything else. */
export function jsonFields({ text }: HttpResponse): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** What a status means for the delivery; null for success. */
function failureOfStatus(response: HttpResponse, host: string, now: number): DeliveryError | null {
  const { status, headers } = response;
  if (status >= 200 && status < 300) return null;
  const wait = retryAfterMs(headers, now) ?? undefined;
  const said = firstLine(response.text);
  const content = message('delivery.answer', { host, status, said });
  return new DeliveryError(kindOfStatus(status), content, { retryAfterMs: wait });
}

function kindOfStatus(status: number): FailureKind {
  if (status === 429) return 'rate-limited';
  // An address that is not there (any more) is as a key that does not count: the user has to enter another.
  if ([401, 403, 404, 405, 407, 410].includes(status)) return 'refused';
  if (status === 408 || status === 425 || status >= 500) return 'unreachable';
  return 'rejected';
}

/** What a person can make use of; a page of HTML is none. It is cut when secrets have been taken out of it. */
function firstLine(text: string): string {
  const [line = ''] = text.trim().split(/[\r\n]/);
  return line.startsWith('<') ? '' : line;
}

function hostOf(url: string): string {
  return URL.parse(url)?.hostname ?? 'the server';
}
