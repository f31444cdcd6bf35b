import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/**
 * Lets Node's connections trust what the system trusts, beside the certificates that Node brings. Chromium's requests do so
 * by themselves, and a proxy that inspects traffic signs by a certificate that only the system knows.
 */
export function trustSystemCertificates(): void {
  setDefaultCACertificates([...new Set([...getCACertificates('default'), ...getCACertificates('system')])]);
}
