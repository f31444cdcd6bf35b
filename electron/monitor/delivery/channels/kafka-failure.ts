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
  const said = wordsOf(errors);
  const of = (kind: DeliveryError['kind'], content: Message) => new DeliveryError(kind, content, { cause });
  if (errors.some(({ code }) => code === 'PLT_KFK_AUTHENTICATION')) {
    return of('refused', message('delivery.login-refused', { host, said }));
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
  if (ids.some((id) => REJECTED.includes(id))) return of('rejected', verbatim(`${host}: ${said}`));
  if (errors.some(isAboutTls)) return of('unreachable', message('delivery.kafka-tls', { host, tls }));
  // In TLS 1.3 the server verifies the client's certificate after the client has already begun to send data.
  if (tls && /^Connection closed/.test(said)) {
    return of('unreachable', message('delivery.kafka-closed', { host }));
  }
  return of('unreachable', verbatim(`${host}: ${said}`));
}

/** The error, its causes and the errors that it aggregates, outermost first. The client's errors can be causes of each other. */
function* errorsIn(error: unknown, met: Set<Error> = new Set()): Generator<Failed> {
  if (!(error instanceof Error) || met.has(error)) return;
  met.add(error);
  yield error;
  if (error instanceof AggregateError) for (const each of error.errors) yield* errorsIn(each, met);
  yield* errorsIn(error.cause, met);
}

/** The broker's error text if there is one, otherwise the text of the innermost error. */
function wordsOf(errors: readonly Failed[]): string {
  const said = errors.map(({ serverErrorMessage }) => serverErrorMessage).find((words) => Boolean(words));
  return typeof said === 'string' ? said : (errors.at(-1)?.message ?? '');
}

const isAboutTls = ({ code, message: words }: Failed): boolean =>
  code === 'ERR_SSL_WRONG_VERSION_NUMBER' || /\bTLS\b/.test(words);
