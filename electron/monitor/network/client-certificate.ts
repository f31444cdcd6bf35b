import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { message } from '../../../shared/messages/message.ts';
import { MessageError } from '../../../shared/messages/message-error.ts';

/** A file in PEM, and the option or variable that names it. */
export type PemFile = { readonly name: string; readonly path: string; readonly text: string };

/** The client certificate options of `tls.connect`. */
export type ClientCertificate = { readonly cert: string; readonly key: string; readonly passphrase?: string };

/** The password of an encrypted key, and the option or variable that it comes from. */
export type KeyPassword = { readonly name: string; readonly value: string | undefined };

/**
 * Checks that a certificate and a private key can be used together. OpenSSL checks this only while connecting, and names no file.
 *
 * @throws MessageError naming the invalid file; it contains neither the password nor any content of the files
 */
export function clientCertificate(cert: PemFile, key: PemFile, password: KeyPassword): ClientCertificate {
  const privateKey = readKey(key, password);
  if (!readCertificate(cert).checkPrivateKey(privateKey)) {
    throw new MessageError(message('tls.other-key', { key: key.path, cert: cert.path }));
  }
  const passphrase = password.value === undefined ? {} : { passphrase: password.value };
  return { cert: cert.text, key: key.text, ...passphrase };
}

/** The message for a file that cannot be read. */
export function unreadablePem(name: string, path: string, cause: unknown): MessageError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return new MessageError(message('tls.unreadable', { name, path, code }), { cause });
}

function readCertificate({ name, path, text }: PemFile): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    throw new MessageError(message('tls.no-certificate', { name, path }));
  }
}

function readKey({ name, path, text }: PemFile, password: KeyPassword): KeyObject {
  try {
    return createPrivateKey({ key: text, passphrase: password.value ?? '' });
  } catch {
    // OpenSSL's own messages differ by the kind of key and its encryption.
    const isLocked = /ENCRYPTED/.test(text);
    throw new MessageError(
      isLocked
        ? message('tls.locked-key', { path, password: password.name })
        : message('tls.no-key', { name, path }),
    );
  }
}
