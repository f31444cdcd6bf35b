import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { says } from '../../../../shared/messages/fault-of-issue.ts';
import { message } from '../../../../shared/messages/message.ts';
import { messageOf } from '../../../../shared/messages/message-error.ts';
import { optionText } from '../../../../shared/messages/option-text.ts';
import {
  type ClientCertificate,
  clientCertificate,
  type PemFile,
  unreadablePem,
} from '../../network/client-certificate.ts';
import { DeliveryError } from '../delivery-error.ts';
import { caFile, trustedAuthority } from './own-authority.ts';

/** The options of a kind that connects with TLS: its secret is `keyPassword`. */
export const tlsFileOptions = {
  caFile,
  certFile: z.string().min(1).optional().describe(optionText('option.cert-file')),
  keyFile: z.string().min(1).optional().describe(optionText('option.key-file')),
  keyPassword: z.string().optional().describe(optionText('option.key-password')),
};

type TlsFiles = {
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly keyPassword?: string | undefined;
};

/** The arguments of a refinement of the options: a certificate cannot be used without its key. */
export const CERTIFICATE_WITH_KEY: readonly [(files: TlsFiles) => boolean, RefinementParams] = [
  ({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined),
  { path: ['certFile'], ...says(message('value.certificate-without-key')) },
];

type RefinementParams = { path: PropertyKey[]; params: ReturnType<typeof says>['params'] };

/**
 * The options for `tls.connect`: the trusted authorities, and the certificate to present. The files are read for each connection,
 * so that they can be renewed while the program runs.
 *
 * @throws DeliveryError `certificate` naming the file that cannot be used
 */
export async function tlsFiles(
  { caFile: authority, ...files }: TlsFiles,
  dataDir: string,
): Promise<{ readonly ca?: string } & Partial<ClientCertificate>> {
  const trusted = await trustedAuthority(authority, dataDir);
  const { certFile, keyFile, keyPassword } = files;
  if (certFile === undefined || keyFile === undefined) return trusted;
  try {
    const cert = await pemFile('certFile', resolve(dataDir, certFile));
    const key = await pemFile('keyFile', resolve(dataDir, keyFile));
    return { ...trusted, ...clientCertificate(cert, key, { name: 'keyPassword', value: keyPassword }) };
  } catch (cause) {
    throw new DeliveryError('certificate', messageOf(cause), { cause });
  }
}

async function pemFile(name: string, path: string): Promise<PemFile> {
  try {
    return { name, path, text: await readFile(path, 'utf8') };
  } catch (cause) {
    throw unreadablePem(name, path, cause);
  }
}
