import { X509Certificate } from 'node:crypto';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, expect, it } from 'vitest';
import { trustSystemCertificates } from './system-certificates.ts';

const before = getCACertificates('default');
afterEach(() => setDefaultCACertificates(before));

const fingerprints = (certificates: readonly string[]): readonly string[] => [
  ...new Set(certificates.map((text) => new X509Certificate(text).fingerprint256)),
];

it("the system's certificates are trusted in addition to Node's", () => {
  trustSystemCertificates();
  const wanted = fingerprints([...before, ...getCACertificates('system')]);
  expect(fingerprints(getCACertificates('default')).toSorted()).toEqual(wanted.toSorted());
});
