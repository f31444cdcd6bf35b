import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../electron/monitor/store/postgres/free-port.ts';
import { type ServiceProcess, serviceFolder, startService } from './child-service.ts';
import { installedProgram } from './installed-program.ts';

const run = promisify(execFile);
const JAVA = installedProgram('java');
/** Filled by `mvn -f tests/counterparts/kafka/pom.xml dependency:copy-dependencies`. */
const JARS = join(import.meta.dirname, 'kafka', 'jars');

/** Why no Kafka can be started here, or null. */
export const kafkaIsMissing: string | null =
  JAVA === null
    ? 'Java is not installed'
    : existsSync(JARS)
      ? null
      : 'Apache Kafka is not there: run npm run counterparts';

export type KafkaCluster = {
  /** Addresses as `host:port`, one for each broker. */
  readonly brokers: readonly string[];
  /** Ends a broker as a crash would. */
  kill(broker: number): Promise<void>;
  /** Starts a broker that was killed, with what it had on disk. */
  restart(broker: number): Promise<void>;
  close(): Promise<void>;
};

const CLUSTER_ID = 'MkU3OEVBNTcwNTJENDM2Qg';

/**
 * Starts an Apache Kafka in KRaft mode on 127.0.0.1; each process is broker and controller.
 *
 * @param options.brokers how many; topics are replicated over all of them, up to three
 */
export async function startKafka(options: { readonly brokers: number }): Promise<KafkaCluster> {
  if (JAVA === null || kafkaIsMissing !== null) throw new Error(kafkaIsMissing ?? 'Java is not installed');
  const java = JAVA;
  const folder = serviceFolder('kafka');
  const nodes = await Promise.all(
    Array.from({ length: options.brokers }, async (_, id) => {
      const [port, controllerPort] = [await freePort(), await freePort()];
      return { id, port, controllerPort, path: join(folder.path, String(id)) };
    }),
  );
  const voters = nodes.map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`).join(',');
  const replicas = Math.min(3, options.brokers);

  const javaArgs = (main: string, ...args: readonly string[]): string[] => [
    '-Xmx256m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    `-Dorg.slf4j.simpleLogger.defaultLogLevel=warn`,
    '-cp',
    join(JARS, '*'),
    main,
    ...args,
  ];

  for (const { id, port, controllerPort, path } of nodes) {
    mkdirSync(path);
    writeFileSync(
      join(path, 'server.properties'),
      [
        'process.roles=broker,controller',
        `node.id=${id}`,
        `controller.quorum.voters=${voters}`,
        `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
        `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
        'controller.listener.names=CONTROLLER',
        'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
        `log.dirs=${join(path, 'data')}`,
        'num.partitions=1',
        'auto.create.topics.enable=false',
        `default.replication.factor=${replicas}`,
        `offsets.topic.replication.factor=${replicas}`,
        'offsets.topic.num.partitions=3',
        `transaction.state.log.replication.factor=${replicas}`,
        `transaction.state.log.min.isr=${Math.max(1, replicas - 1)}`,
        'transaction.state.log.num.partitions=3',
        `min.insync.replicas=${Math.max(1, replicas - 1)}`,
        'group.initial.rebalance.delay.ms=0',
        'group.min.session.timeout.ms=1000',
        // Of one machine: threads for a few connections.
        'num.network.threads=2',
        'num.io.threads=2',
        '',
      ].join('\n'),
    );
    await run(
      java,
      javaArgs('kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', join(path, 'server.properties')),
    );
  }

  const start = async ({ path }: { readonly path: string }): Promise<ServiceProcess> =>
    startService({
      program: java,
      args: [
        '-Dorg.slf4j.simpleLogger.log.kafka.server=info',
        ...javaArgs('kafka.Kafka', join(path, 'server.properties')),
      ],
      cwd: path,
      isReady: (output) => /Kafka Server started/.test(output),
    });
  const services = new Map<number, ServiceProcess>();
  try {
    await Promise.all(nodes.map(async (node) => services.set(node.id, await start(node))));
  } catch (cause) {
    await Promise.all([...services.values()].map((service) => service.end('SIGKILL')));
    folder.remove();
    throw cause;
  }

  return {
    brokers: nodes.map(({ port }) => `127.0.0.1:${port}`),
    async kill(broker) {
      await services.get(broker)?.end('SIGKILL');
    },
    async restart(broker) {
      const node = nodes[broker];
      if (node === undefined) throw new Error(`There is no broker ${broker}.`);
      services.set(broker, await start(node));
    },
    async close() {
      await Promise.all([...services.values()].map((service) => service.end('SIGKILL')));
      folder.remove();
    },
  };
}
