import { createPrivateKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SIGNED } from '../../../tests/integration/signed-certificates.ts';
import { clientCertificate, unreadablePem } from './client-certificate.ts';

const { client, localhost } = SIGNED;
const cert = { name: 'certFile', path: '/ada.pem', text: client.cert };
const key = { name: 'keyFile', path: '/ada.key', text: client.key };
const password = (value?: string) => ({ name: 'keyPassword', value });
const locked = {
  ...key,
  text: createPrivateKey(client.key)
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'planted' })
    .toString(),
};

describe('the certificate of a client', () => {
  it('has the TLS options, with the password of an encrypted key', () => {
    expect(clientCertificate(cert, key, password())).toEqual({ cert: cert.text, key: key.text });
    expect(clientCertificate(cert, locked, password('planted'))).toEqual({
      cert: cert.text,
      key: locked.text,
      passphrase: 'planted',
    });
  });

  it.each([
    [{ ...cert, text: 'planted' }, key, password(), 'The file /ada.pem, which "certFile" names, has to hold'],
    [cert, { ...key, text: 'planted' }, password(), 'The file /ada.key, which "keyFile" names, has to hold'],
    [cert, { ...key, text: client.cert }, password(), 'a private key in PEM'],
    [cert, { ...key, text: localhost.key }, password(), 'The key in /ada.key is not that of the certificate'],
    [cert, locked, password(), 'The key in /ada.key is encrypted, and "keyPassword" is missing or wrong.'],
    [cert, locked, password('wrong-planted'), '"keyPassword" is missing or wrong.'],
  ])('is refused with the reason, without revealing the files (%#)', (ofCert, ofKey, secret, reason) => {
    expect(() => clientCertificate(ofCert, ofKey, secret)).toThrow(reason);
    expect(() => clientCertificate(ofCert, ofKey, secret)).toThrow(/^(?!.*planted)/s);
  });

  it('names a missing file, and the reason why a file cannot be read', () => {
    const missing = Object.assign(new Error(), { code: 'ENOENT' });
    expect(unreadablePem('keyFile', '/none', missing).message).toBe(
      'There is no file /none, which "keyFile" names.',
    );
    const forbidden = Object.assign(new Error(), { code: 'EACCES' });
    expect(unreadablePem('keyFile', '/key', forbidden).message).toContain('cannot be read (EACCES)');
  });
});
