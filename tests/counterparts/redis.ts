import { accepts } from './accepts.ts';
import { type RestartableService, serviceFolder, startRestartable } from './child-service.ts';
import { installedProgram } from './installed-program.ts';
import { servicePort } from './service-port.ts';

const PROGRAM = installedProgram('redis-server');

/** Why no Redis can be started here, or null. */
export const redisIsMissing: string | null = PROGRAM === null ? 'redis-server is not installed' : null;

/** It is empty after a restart. */
export type RedisServer = RestartableService & { readonly url: string; readonly port: number };

export type RedisOptions = {
  readonly password?: string;
  /** Paths of PEM files. With them, it accepts only TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
};

/** Starts a Redis without persistence on 127.0.0.1. */
export async function startRedis({ password, tls }: RedisOptions = {}): Promise<RedisServer> {
  if (PROGRAM === null) throw new Error(redisIsMissing ?? '');
  const folder = serviceFolder('redis');
  const port = await servicePort();
  const service = await startRestartable(folder, {
    program: PROGRAM,
    args: [
      ...(tls === undefined
        ? ['--port', String(port)]
        : ['--port', '0', '--tls-port', String(port), '--tls-auth-clients', 'no']),
      ...(tls === undefined ? [] : ['--tls-cert-file', tls.cert, '--tls-key-file', tls.key]),
      ...(tls === undefined ? [] : ['--tls-ca-cert-file', tls.cert]),
      ...(password === undefined ? [] : ['--requirepass', password]),
      ...['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    ],
    isReady: (output) => output.includes('Ready to accept connections') && accepts(port),
  });
  return { ...service, url: `${tls === undefined ? 'redis' : 'rediss'}://127.0.0.1:${port}`, port };
}
