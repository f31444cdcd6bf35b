import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { accepts } from './accepts.ts';
import { type ServiceProcess, serviceFolder, startService } from './child-service.ts';
import { installedProgram } from './installed-program.ts';
import { servicePort } from './service-port.ts';

// Not the script in PATH, which runs only as the user `rabbitmq`.
const SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const CONTROL = '/usr/lib/rabbitmq/bin/rabbitmqctl';
const EPMD = installedProgram('epmd');

const run = promisify(execFile);

/** Why no RabbitMQ can be started here, or null. */
export const rabbitmqIsMissing: string | null =
  existsSync(SERVER) && EPMD !== null ? null : 'rabbitmq-server is not installed';

export type RabbitmqServer = {
  readonly url: string;
  readonly port: number;
  /** The URL of the port for TLS, if there is a certificate. */
  readonly secureUrl: string;
  /** Kills the server. */
  kill(): Promise<void>;
  /**
   * Starts it again on the same port, with its durable queues and persistent messages.
   *
   * @param clientAuthority as PEM: from now on, the port for TLS requires client certificates of this authority
   */
  restart(clientAuthority?: string): Promise<void>;
  /** Raises or clears the memory alarm, during which publishers are blocked. */
  setAlarm(isRaised: boolean): Promise<void>;
  close(): Promise<void>;
};

/**
 * Starts a RabbitMQ on 127.0.0.1 with its own node name, folder and port mapper.
 *
 * @param certificate for 127.0.0.1, as PEM: adds a port that requires TLS
 */
export async function startRabbitmq(certificate?: {
  readonly cert: string;
  readonly key: string;
}): Promise<RabbitmqServer> {
  if (EPMD === null || rabbitmqIsMissing !== null) throw new Error(rabbitmqIsMissing ?? '');
  const folder = serviceFolder('rabbitmq');
  const [port, distributionPort, mapperPort] = [
    await servicePort(),
    await servicePort(),
    await servicePort(),
  ];
  const securePort = await servicePort();
  writeFileSync(join(folder.path, 'enabled_plugins'), '[].\n');
  const settings = ['log.console = true', 'vm_memory_high_watermark.absolute = 256MB'];
  if (certificate !== undefined) {
    const [cert, key] = [join(folder.path, 'cert.pem'), join(folder.path, 'key.pem')];
    writeFileSync(cert, certificate.cert);
    writeFileSync(key, certificate.key);
    settings.push(`listeners.ssl.1 = 127.0.0.1:${securePort}`);
    settings.push(`ssl_options.certfile = ${cert}`, `ssl_options.keyfile = ${key}`);
  }
  const configure = (): void => writeFileSync(join(folder.path, 'rabbitmq.conf'), `${settings.join('\n')}\n`);
  configure();
  const env = {
    HOME: folder.path,
    ERL_EPMD_PORT: String(mapperPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    // Two schedulers: the default is one per core of the machine, even if only a few of them may be used.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 2:2 -kernel inet_dist_use_interface {127,0,0,1}',
    RABBITMQ_NODENAME: `cpm${port}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distributionPort),
    RABBITMQ_CONFIG_FILE: join(folder.path, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder.path, 'enabled_plugins'),
    RABBITMQ_MNESIA_BASE: join(folder.path, 'mnesia'),
    RABBITMQ_LOG_BASE: join(folder.path, 'log'),
    RABBITMQ_PID_FILE: join(folder.path, 'pid'),
  };
  // Otherwise Erlang would start a mapper that keeps running after the server.
  const mapper = await startService({
    program: EPMD,
    args: ['-port', String(mapperPort), '-address', '127.0.0.1'],
    cwd: folder.path,
    isReady: () => accepts(mapperPort),
  });
  const start = (): Promise<ServiceProcess> =>
    startService({
      program: SERVER,
      args: [],
      cwd: folder.path,
      env,
      isReady: (output) => /Server startup complete|completed with/.test(output) && accepts(port),
    });
  let service: ServiceProcess;
  try {
    service = await start();
  } catch (cause) {
    await mapper.end('SIGKILL');
    folder.remove();
    throw cause;
  }
  return {
    url: `amqp://guest:guest@127.0.0.1:${port}`,
    port,
    secureUrl: `amqps://guest:guest@127.0.0.1:${securePort}`,
    kill: () => service.end('SIGKILL'),
    async restart(clientAuthority) {
      if (clientAuthority !== undefined) {
        const authority = join(folder.path, 'clients.pem');
        writeFileSync(authority, clientAuthority);
        settings.push(`ssl_options.cacertfile = ${authority}`);
        settings.push('ssl_options.verify = verify_peer', 'ssl_options.fail_if_no_peer_cert = true');
        configure();
      }
      service = await start();
    },
    async setAlarm(isRaised) {
      const args = ['set_vm_memory_high_watermark', 'absolute', isRaised ? '1' : '256MB'];
      await run(CONTROL, ['-n', env.RABBITMQ_NODENAME, ...args], { env: { ...process.env, ...env } });
    },
    async close() {
      await service.end('SIGKILL');
      await mapper.end('SIGKILL');
      folder.remove();
    },
  };
}
