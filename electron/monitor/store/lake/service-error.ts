import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';

type Fault = 'lake.no-credentials' | 'lake.no-region' | 'lake.refused' | 'lake.unreachable' | 'lake.said';

/** Error names of the SDK and of the services, and of Node for connections. */
const FAULTS: readonly (readonly [RegExp, Fault])[] = [
  [/^(CredentialsProviderError|TokenProviderError)$/, 'lake.no-credentials'],
  [
    /^(AccessDenied|ExpiredToken|InvalidSignature|IncompleteSignature|UnrecognizedClient|MissingAuthenticationToken|NotAuthorized|OptInRequired)/,
    'lake.refused',
  ],
  [
    /^(TimeoutError|NetworkingError|ECONN|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)/,
    'lake.unreachable',
  ],
];

/** Converts the error of a request to Athena or Redshift to a message with what is wrong and what to do. */
export function serviceError(name: 'Athena' | 'Redshift', cause: unknown): MessageError {
  const { name: kind, message: errorText } = cause instanceof Error ? cause : new Error(String(cause));
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const said = errorText === '' || errorText === 'UnknownError' ? code || kind : errorText;
  return new MessageError(message(faultOf(kind, code, errorText), { name, said }), { cause });
}

function faultOf(kind: string, code: string, errorText: string): Fault {
  if (errorText === 'Region is missing') return 'lake.no-region';
  return FAULTS.find(([pattern]) => pattern.test(kind) || pattern.test(code))?.[1] ?? 'lake.said';
}
