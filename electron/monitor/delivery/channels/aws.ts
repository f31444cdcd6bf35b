import { verbatim } from '../../../../shared/messages/message.ts';
import { DeliveryError, type DeliveryErrorOptions } from '../delivery-error.ts';

/** The region that an ARN names: `arn:partition:service:region:account:resource`. */
export function regionOf(arn: string): string {
  return arn.split(':')[3] ?? '';
}

/** Error names of AWS for denied access. Source: https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html */
const REFUSED =
  /^(AccessDenied|AuthorizationError|CredentialsProviderError|ExpiredToken|IncompleteSignature|InvalidClientTokenId|MissingAuthenticationToken|NotAuthorized|NotFound|OptInRequired|ResourceNotFound|SignatureDoesNotMatch|UnrecognizedClient)/;
const THROTTLED = /^(Throttl|LimitExceeded|ProvisionedThroughputExceeded|KMSThrottling|RequestLimitExceeded)/;
const REJECTED = /^(InvalidParameter|ParameterValueInvalid|ValidationError|InvalidArgument)/;

/** Why a call of an AWS client failed. */
export function awsFailure(
  cause: unknown,
  service: string,
  delivered: NonNullable<DeliveryErrorOptions['delivered']> = [],
): DeliveryError {
  const { name, message: errorText } = cause instanceof Error ? cause : new Error(String(cause));
  const content = verbatim(`${service}: ${errorText || name}`);
  const options = { cause, delivered };
  if (REFUSED.test(name)) return new DeliveryError('refused', content, options);
  if (THROTTLED.test(name)) return new DeliveryError('rate-limited', content, options);
  if (REJECTED.test(name)) return new DeliveryError('rejected', content, options);
  return new DeliveryError('unreachable', content, options);
}
