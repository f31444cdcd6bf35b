import { freePort } from '../../electron/monitor/store/postgres/free-port.ts';
import { accepts } from './accepts.ts';
import { type ServiceProcess, serviceFolder, startService } from './child-service.ts';
import { installedProgram } from './installed-program.ts';

const PROGRAM = installedProgram('redis-server');

/** Why no Redis can be started here, or null. */
export const redisIsMissing: string | null = PROGRAM === null ? 'redis-server is not installed' : null;

export type RedisServer = {
  readonly url: string;
  readonly port: number;
  /** Ends the server as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on the same port; what it held is gone. */
  restart(): Promise<void>;
  close(): Promise<void>;
};

/** Starts a Redis without persistence on 127.0.0.1. */
export async function startRedis(): Promise<RedisServer> {
  if (PROGRAM === null) throw new Error(redisIsMissing ?? '');
  const folder = serviceFolder('redis');
  const port = await freePort();
  const start = (): Promise<ServiceProcess> =>
    startService({
      program: PROGRAM,
      args: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
      cwd: folder.path,
      isReady: (output) => output.includes('Ready to accept connections') && accepts(port),
    });
  let service = await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill: () => service.end('SIGKILL'),
    async restart() {
      service = await start();
    },
    async close() {
      await service.end('SIGKILL');
      folder.remove();
    },
  };
}
