import { type Message, message } from '../../../shared/messages/message.ts';
import { chromiumFailure } from './chromium-error.ts';

/**
 * Error codes of OpenSSL and Node for certificates. Source: nodejs.org/api/tls.html, "X509 certificate
 * error codes".
 */
export const CERTIFICATE_CODES: ReadonlySet<string> = new Set([
  'CERT_CHAIN_TOO_LONG',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** The codes that a TLS-inspecting proxy causes. */
const UNKNOWN_ISSUER_CODES: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/**
 * The message for a certificate error; null for any other error. Node reports these errors by `code`, Chromium (in the
 * desktop app) by `net::ERR_CERT_…`.
 *
 * @param cause the innermost error
 */
export function certificateMessage(cause: unknown, host: string): Message | null {
  if (!(cause instanceof Error)) return null;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  if (!CERTIFICATE_CODES.has(code) && chromiumFailure(cause)?.kind !== 'certificate') return null;
  // After a semicolon Node adds advice for people who run Node themselves.
  const [reason = ''] = cause.message.split(';');
  if (
    code === 'CERT_HAS_EXPIRED' ||
    code === 'CERT_NOT_YET_VALID' ||
    cause.message.includes('DATE_INVALID')
  ) {
    return message('request.untrusted-clock', { host, reason });
  }
  const isUnknownIssuer = UNKNOWN_ISSUER_CODES.has(code) || cause.message.includes('AUTHORITY_INVALID');
  return message(isUnknownIssuer ? 'request.untrusted-issuer' : 'request.untrusted', { host, reason });
}
