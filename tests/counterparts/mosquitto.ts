import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { accepts } from './accepts.ts';
import { type RestartableService, serviceFolder, startRestartable } from './child-service.ts';
import { installedProgram } from './installed-program.ts';
import { servicePort } from './service-port.ts';

const PROGRAM = installedProgram('mosquitto');
const PASSWORDS = installedProgram('mosquitto_passwd');

/** Why no Mosquitto can be started here, or null. */
export const mosquittoIsMissing: string | null =
  PROGRAM === null || PASSWORDS === null ? 'mosquitto is not installed' : null;

export type MosquittoOptions = {
  /** For localhost, as PEM. */
  readonly certificate: { readonly cert: string; readonly key: string };
  /** The authority of the accepted client certificates, as PEM. */
  readonly clientAuthority: string;
  readonly user: string;
  readonly password: string;
};

export type MosquittoBroker = RestartableService & {
  /** Accepts any client. */
  readonly port: number;
  /** Requires TLS and the user. */
  readonly securePort: number;
  /** Requires TLS and a client certificate. */
  readonly mutualPort: number;
};

/** Starts a Mosquitto on 127.0.0.1. It writes acknowledged messages to disk within a second. */
export async function startMosquitto(options: MosquittoOptions): Promise<MosquittoBroker> {
  if (PROGRAM === null || PASSWORDS === null) throw new Error(mosquittoIsMissing ?? '');
  const { certificate, clientAuthority, user, password } = options;
  const folder = serviceFolder('mosquitto');
  const path = (name: string): string => join(folder.path, name);
  const [port, securePort, mutualPort] = [await servicePort(), await servicePort(), await servicePort()];
  writeFileSync(path('cert.pem'), `${certificate.cert}\n`);
  writeFileSync(path('key.pem'), `${certificate.key}\n`);
  writeFileSync(path('clients.pem'), `${clientAuthority}\n`);
  execFileSync(PASSWORDS, ['-b', '-c', path('passwords'), user, password], { stdio: 'ignore' });
  const tls = [`certfile ${path('cert.pem')}`, `keyfile ${path('key.pem')}`];
  writeFileSync(
    path('mosquitto.conf'),
    [
      `user ${userInfo().username}`,
      'per_listener_settings true',
      'persistence true',
      `persistence_location ${folder.path}/`,
      'autosave_on_changes true',
      'autosave_interval 1',
      `listener ${port} 127.0.0.1`,
      'allow_anonymous true',
      `listener ${securePort} 127.0.0.1`,
      'allow_anonymous false',
      `password_file ${path('passwords')}`,
      ...tls,
      `listener ${mutualPort} 127.0.0.1`,
      'allow_anonymous true',
      'require_certificate true',
      `cafile ${path('clients.pem')}`,
      ...tls,
      '',
    ].join('\n'),
  );
  const service = await startRestartable(folder, {
    program: PROGRAM,
    args: ['-c', path('mosquitto.conf')],
    isReady: async () => (await accepts(port)) && (await accepts(mutualPort)),
  });
  return { ...service, port, securePort, mutualPort };
}
