import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type ServiceProcess, serviceFolder, startService } from './child-service.ts';
import { hasJars, JAVA, javaArgs } from './java-program.ts';
import { servicePort } from './service-port.ts';

const run = promisify(execFile);

/** Why no Kafka can be started here, or null. */
export const kafkaIsMissing: string | null =
  JAVA === null
    ? 'Java is not installed'
    : hasJars('kafka')
      ? null
      : 'Apache Kafka is not there: run npm run counterparts';

export type KafkaCluster = {
  /** Addresses as `host:port`, one per broker, of the listener without TLS and users. */
  readonly brokers: readonly string[];
  /** Addresses of the secure listener, if there is one. */
  readonly secureBrokers: readonly string[];
  /** Addresses of the listener that requires client certificates, if there is one. */
  readonly mutualBrokers: readonly string[];
  /** Kills a broker. */
  kill(broker: number): Promise<void>;
  /** Starts a broker that was killed, with what it had on disk. */
  restart(broker: number): Promise<void>;
  /** The folder with the partitions of a broker, each named `<topic>-<number>`. */
  dataOf(broker: number): string;
  /** @param signal SIGKILL by default, because its data is not used again */
  close(signal?: NodeJS.Signals): Promise<void>;
};

export type KafkaOptions = {
  /** The number of brokers. Topics are replicated to all of them, up to three. */
  readonly brokers: number;
  /** Adds a listener that requires TLS, and one of the users with PLAIN or SCRAM. */
  readonly secure?: SecureListener;
};

export type SecureListener = {
  /** For 127.0.0.1, as PEM. */
  readonly certificate: { readonly cert: string; readonly key: string };
  /** Passwords by name. */
  readonly users: Readonly<Record<string, string>>;
  /** As PEM: adds a listener without users that requires client certificates of this authority. */
  readonly clientAuthority?: string;
};

const CLUSTER_ID = 'MkU3OEVBNTcwNTJENDM2Qg';

/** Starts an Apache Kafka in KRaft mode on 127.0.0.1; each process is broker and controller. */
export async function startKafka({ brokers, secure }: KafkaOptions): Promise<KafkaCluster> {
  if (JAVA === null || kafkaIsMissing !== null) throw new Error(kafkaIsMissing ?? 'Java is not installed');
  const java = JAVA;
  const folder = serviceFolder('kafka');
  const nodes = await Promise.all(
    Array.from({ length: brokers }, async (_, id) => {
      const [port, securePort, controllerPort] = [
        await servicePort(),
        await servicePort(),
        await servicePort(),
      ];
      const mutualPort = await servicePort();
      return { id, port, securePort, mutualPort, controllerPort, path: join(folder.path, String(id)) };
    }),
  );
  const voters = nodes.map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`).join(',');
  const replicas = Math.min(3, brokers);

  const jvm = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', ...javaArgs('kafka', '256m', folder.path)];

  for (const { id, port, securePort, mutualPort, controllerPort, path } of nodes) {
    mkdirSync(path);
    const listeners = [
      `PLAINTEXT://127.0.0.1:${port}`,
      ...(secure === undefined ? [] : [`SASL_SSL://127.0.0.1:${securePort}`]),
      ...(secure?.clientAuthority === undefined ? [] : [`SSL://127.0.0.1:${mutualPort}`]),
    ];
    writeFileSync(
      join(path, 'server.properties'),
      [
        'process.roles=broker,controller',
        `node.id=${id}`,
        `controller.quorum.voters=${voters}`,
        `listeners=${listeners.join(',')},CONTROLLER://127.0.0.1:${controllerPort}`,
        `advertised.listeners=${listeners.join(',')}`,
        'controller.listener.names=CONTROLLER',
        'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,SSL:SSL,CONTROLLER:PLAINTEXT',
        ...(secure === undefined ? [] : secureSettings(secure, path)),
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
        // Enough threads for the few connections of a test.
        'num.network.threads=2',
        'num.io.threads=2',
        // With a single broker, it would take minutes.
        'controlled.shutdown.enable=false',
        '',
      ].join('\n'),
    );
    await run(java, [
      ...[...jvm, 'kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID],
      ...['-c', join(path, 'server.properties')],
      ...(secure === undefined ? [] : scramArgs(secure.users)),
    ]);
  }

  const start = async ({ path }: { readonly path: string }): Promise<ServiceProcess> =>
    startService({
      program: java,
      args: [
        '-Dorg.slf4j.simpleLogger.log.kafka.server=info',
        ...[...jvm, 'kafka.Kafka', join(path, 'server.properties')],
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
    secureBrokers: nodes.map(({ securePort }) => `127.0.0.1:${securePort}`),
    mutualBrokers: nodes.map(({ mutualPort }) => `127.0.0.1:${mutualPort}`),
    async kill(broker) {
      await services.get(broker)?.end('SIGKILL');
    },
    async restart(broker) {
      const node = nodes[broker];
      if (node === undefined) throw new Error(`There is no broker ${broker}.`);
      services.set(broker, await start(node));
    },
    dataOf: (broker) => join(nodes[broker]?.path ?? '', 'data'),
    async close(signal = 'SIGKILL') {
      await Promise.all([...services.values()].map((service) => service.end(signal)));
      folder.remove();
    },
  };
}

/** @param folder for the files of its key and certificates */
function secureSettings(
  { certificate, users, clientAuthority }: SecureListener,
  folder: string,
): readonly string[] {
  const [keystore, truststore] = [join(folder, 'server.pem'), join(folder, 'clients.pem')];
  if (clientAuthority !== undefined) writeFileSync(truststore, `${clientAuthority}\n`);
  const mutual = [
    'listener.name.ssl.ssl.client.auth=required',
    'listener.name.ssl.ssl.truststore.type=PEM',
    `listener.name.ssl.ssl.truststore.location=${truststore}`,
  ];
  writeFileSync(keystore, `${certificate.key}\n${certificate.cert}\n`);
  const plainUsers = Object.entries(users).map(([name, password]) => `user_${name}="${password}"`);
  const prefix = 'listener.name.sasl_ssl';
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
  return [
    'ssl.keystore.type=PEM',
    `ssl.keystore.location=${keystore}`,
    ...(clientAuthority === undefined ? [] : mutual),
    `${prefix}.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512`,
    `${prefix}.plain.sasl.jaas.config=` +
      `org.apache.kafka.common.security.plain.PlainLoginModule required ${plainUsers.join(' ')};`,
    `${prefix}.scram-sha-256.sasl.jaas.config=${scram}`,
    `${prefix}.scram-sha-512.sasl.jaas.config=${scram}`,
  ];
}

/** Arguments of the format command that add the users of SCRAM to the metadata of the cluster. */
function scramArgs(users: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(users).flatMap(([name, password]) =>
    ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${name},password=${password}]`,
    ]),
  );
}
