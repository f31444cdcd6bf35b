import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { message } from '../../../../shared/messages/message.ts';
import { optionText } from '../../../../shared/messages/option-text.ts';
import { certificateMessage } from '../../network/certificate-error.ts';
import { DeliveryError } from '../delivery-error.ts';

/** The option of a kind that connects with TLS to servers with a private certificate authority. */
export const caFile = z.string().min(1).optional().describe(optionText('option.ca-file'));

/**
 * The authorities that `tls.connect` trusts: only the certificates of the file, or the system's when there is no file. The file
 * is read for each connection, so that it can be renewed while the program runs.
 *
 * @throws DeliveryError `certificate` when the file cannot be read or contains no certificate
 */
export async function trustedAuthority(
  file: string | undefined,
  dataDir: string,
): Promise<{ readonly ca?: string }> {
  if (file === undefined) return {};
  const path = resolve(dataDir, file);
  try {
    const ca = await readFile(path, 'utf8');
    new X509Certificate(ca); // OpenSSL itself ignores anything that is not a certificate
    return { ca };
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    throw new DeliveryError('certificate', message('delivery.no-authority', { path, code }), { cause });
  }
}

/**
 * OpenSSL's codes for TLS alerts with which a server rejects the certificate of its client, or the lack of one. Sources: RFC
 * 8446, 6.2, and openssl/sslerr.h. The codes of SSL 3 begin with `SSL/TLS_ALERT` since OpenSSL 3.2, and with `SSLV3_ALERT`
 * before.
 */
const REFUSED_CLIENT =
  /^ERR_SSL_[\w/]*ALERT_(BAD_CERTIFICATE|CERTIFICATE_(EXPIRED|REQUIRED|REVOKED|UNKNOWN)|UNKNOWN_CA|UNSUPPORTED_CERTIFICATE)$/;

/** The failure when one side does not trust the certificate of the other; null for any other error. */
export function untrusted(
  cause: unknown,
  host: string,
  delivered: readonly string[] = [],
): DeliveryError | null {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (REFUSED_CLIENT.test(code)) {
    const reason = code
      .replace(/^ERR_SSL_[\w/]*?ALERT_/, '')
      .replaceAll('_', ' ')
      .toLowerCase();
    return new DeliveryError('certificate', message('delivery.client-certificate', { host, reason }), {
      cause,
      delivered,
    });
  }
  const reason = certificateMessage(cause, host);
  if (reason === null) return null;
  const content =
    reason.code === 'request.untrusted-issuer'
      ? message('delivery.unknown-authority', { host, reason: String(reason.params.reason) })
      : message('delivery.untrusted', { reason });
  return new DeliveryError('certificate', content, { cause, delivered });
}
