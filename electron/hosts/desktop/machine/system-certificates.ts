import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/**
 * Makes Node's connections trust the system's certificates in addition to those bundled with Node. Chromium does so by
 * itself; a proxy that inspects traffic uses a certificate that only the system trusts.
 */
export function trustSystemCertificates(): void {
  setDefaultCACertificates([...new Set([...getCACertificates('default'), ...getCACertificates('system')])]);
}
