import { chromiumFailure } from './chromium-error.ts';

/**
 * Error codes of OpenSSL and Node for message certificates. Source: nodejs.org/api/tls.html, "X509 certificate
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
 * Describes a certificate error in words that a person can act on; null for any other error. Node reports these
 * errors by `code`, Chromium (in the desktop app) by `net::ERR_CERT_…`.
 *
 * @param cause the innermost error
 */
export function describeCertificateError(cause: unknown, host: string): string | null {
  if (!(cause instanceof Error)) return null;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  if (!CERTIFICATE_CODES.has(code) && chromiumFailure(cause)?.kind !== 'certificate') return null;
  // After a semicolon Node adds advice for people who run Node themselves.
  const [reason] = cause.message.split(';');
  const message = `the certificate of ${host} is not trusted: ${reason}`;
  if (
    code === 'CERT_HAS_EXPIRED' ||
    code === 'CERT_NOT_YET_VALID' ||
    cause.message.includes('DATE_INVALID')
  ) {
    return `${message}; check the clock of this machine`;
  }
  if (!UNKNOWN_ISSUER_CODES.has(code) && !cause.message.includes('AUTHORITY_INVALID')) return message;
  return (
    `${message}; if a proxy of your company inspects traffic, set NODE_EXTRA_CA_CERTS to the file of its ` +
    "certificate (in the desktop app, add it to the system's trusted ones)"
  );
}
