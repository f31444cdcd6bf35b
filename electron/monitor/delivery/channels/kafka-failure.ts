import { type Message, message, verbatim } from '../../../../shared/messages/message.ts';
import { DeliveryError } from '../delivery-error.ts';
import { untrusted } from './own-authority.ts';

type Failed = Error & {
  readonly code?: unknown;
  /** The name of the protocol's error. Source: https://kafka.apache.org/protocol#protocol_error_codes */
  readonly apiId?: unknown;
  /** The broker's own error text. */
  readonly serverErrorMessage?: unknown;
};

type Target = {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly tls: boolean;
  readonly user?: string | undefined;
};

const REJECTED = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD'];

/** Why alerts could not be produced. */
export function kafkaFailure(
  cause: unknown,
  { brokers, topic, tls, user = 'ANONYMOUS' }: Target,
): DeliveryError {
  if (cause instanceof DeliveryError) return cause;
  const host = brokers.join(', ');
  const errors = [...errorsIn(cause)];
  for (const error of errors) {
    const certificate = untrusted(error, host);
    if (certificate !== null) return certificate;
  }
  const errorText = errorTextOf(errors);
  const of = (kind: DeliveryError['kind'], content: Message) => new DeliveryError(kind, content, { cause });
  if (errors.some(({ code }) => code === 'PLT_KFK_AUTHENTICATION')) {
    return of('refused', message('delivery.login-refused', { host, said: errorText }));
  }
  const ids = errors.flatMap(({ apiId }) => (typeof apiId === 'string' ? [apiId] : []));
  // The client uses its own text here, without the protocol's name.
  if (
    ids.includes('UNKNOWN_TOPIC_OR_PARTITION') ||
    errors.some(({ message: w }) => /^Unknown topic\b/.test(w))
  ) {
    return of('refused', message('delivery.kafka-no-topic', { topic }));
  }
  const denied = ids.find((id) => id.endsWith('_AUTHORIZATION_FAILED'));
  if (denied !== undefined) {
    return of('refused', message('delivery.kafka-not-allowed', { user, topic, code: denied }));
  }
  if (ids.some((id) => REJECTED.includes(id))) return of('rejected', verbatim(`${host}: ${errorText}`));
  if (errors.some(isAboutTls)) return of('unreachable', message('delivery.kafka-tls', { host, tls }));
  // In TLS 1.3 the server verifies the client's certificate after the client has already begun to send data.
  if (tls && /^Connection closed/.test(errorText)) {
    return of('unreachable', message('delivery.kafka-closed', { host }));
  }
  return of('unreachable', verbatim(`${host}: ${errorText}`));
}

/** The error, its causes and the errors that it aggregates, outermost first. The client's errors can be causes of each other. */
function* errorsIn(error: unknown, seen: Set<Error> = new Set()): Generator<Failed> {
  if (!(error instanceof Error) || seen.has(error)) return;
  seen.add(error);
  yield error;
  if (error instanceof AggregateError) for (const each of error.errors) yield* errorsIn(each, seen);
  yield* errorsIn(error.cause, seen);
}

/** The broker's error text if there is one, otherwise the text of the innermost error. */
function errorTextOf(errors: readonly Failed[]): string {
  const text = errors.map(({ serverErrorMessage }) => serverErrorMessage).find(Boolean);
  return typeof text === 'string' ? text : (errors.at(-1)?.message ?? '');
}

const isAboutTls = ({ code, message: errorText }: Failed): boolean =>
  code === 'ERR_SSL_WRONG_VERSION_NUMBER' || /\bTLS\b/.test(errorText);
