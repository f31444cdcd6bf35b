import { isIP } from 'node:net';
import type { Producer } from '@platformatic/kafka';
import { z } from 'zod';
import { optionText } from '../../../../shared/messages/option-text.ts';
import { unlessAborted } from '../../async/unless-aborted.ts';
import { handleConnectionErrors } from '../../log/kafka/handle-connection-errors.ts';
import { channelKind } from '../channel-kind.ts';
import { envelopeOf } from '../envelope.ts';
import { kafkaFailure } from './kafka-failure.ts';
import { CERTIFICATE_WITH_KEY, tlsFileOptions, tlsFiles } from './tls-files.ts';

const kafkaOptions = z
  .strictObject({
    brokers: z
      .array(z.string().regex(/^[^\s:]+:\d+$/, optionText('option.not-host-and-port')))
      .min(1)
      .meta({ examples: ['kafka-1.example:9093, kafka-2.example:9093'] }),
    topic: z
      .string()
      .regex(/^[\w.-]{1,249}$/, optionText('option.not-a-topic'))
      .default('cpm.alerts'),
    tls: z.boolean().default(true),
    ...tlsFileOptions,
    mechanism: z.enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']).default('SCRAM-SHA-512'),
    user: z.string().optional(),
    password: z.string().optional(),
    createTopic: z.boolean().default(false).describe(optionText('option.create-topic')),
  })
  .refine(...CERTIFICATE_WITH_KEY);

/**
 * Produces each alert to a topic, keyed by coin, so that a coin's alerts keep their order. Idempotent, and acknowledged by all
 * in-sync replicas. Headers follow the Kafka binding of CloudEvents, structured mode:
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
 */
export const kafka = channelKind({
  kind: 'kafka',
  options: kafkaOptions,
  secrets: ['password', 'keyPassword'],
  limits: { batch: 500, timeoutMs: 30_000 },
  open(options, { dataDir }) {
    const { topic } = options;
    let opening: Promise<StringProducer> | null = null;

    const forget = async (): Promise<void> => {
      const closing = opening;
      opening = null;
      await closing?.then((producer) => producer.close(true)).catch(() => undefined); // broken, or never open
    };

    return {
      async deliver(alerts, signal) {
        try {
          opening ??= openProducer(options, dataDir);
          const producer = await unlessAborted(signal, opening);
          // The producer itself may retry for longer than the attempt may take.
          const sent = producer.send({
            messages: alerts.map((alert) => ({
              topic,
              key: alert.coinId,
              value: JSON.stringify(envelopeOf(alert)),
              headers: {
                'content-type': 'application/cloudevents+json; charset=UTF-8',
                'alert-id': alert.id,
              },
            })),
          });
          await unlessAborted(signal, sent);
        } catch (cause) {
          await forget();
          throw kafkaFailure(cause, options);
        }
      },
      close: forget,
    };
  },
});

type StringProducer = Producer<string, string, string, string>;

async function openProducer(
  options: z.output<typeof kafkaOptions>,
  dataDir: string,
): Promise<StringProducer> {
  const { Producer, ProduceAcks, stringSerializers } = await import('@platformatic/kafka');
  const { brokers, tls: isTls, mechanism, user, password, createTopic } = options;
  return handleConnectionErrors(
    new Producer({
      clientId: 'crypto-price-monitor',
      bootstrapBrokers: brokers,
      serializers: stringSerializers,
      acks: ProduceAcks.ALL,
      idempotent: true,
      autocreateTopics: createTopic,
      connectTimeout: 10_000,
      timeout: 15_000,
      // The outbox retries. With no or one retry, an idempotent producer would never report its errors.
      retries: 2,
      retryDelay: 200,
      ...(isTls && { tls: await tlsFiles(options, dataDir) }),
      // Brokers behind one address are distinguished by the server name, which must not be an IP address: RFC 6066, 3.
      tlsServerName: !brokers.some((broker) => isIP(broker.slice(0, broker.lastIndexOf(':'))) !== 0),
      ...(user !== undefined && { sasl: { mechanism, username: user, password: password ?? '' } }),
    }),
  );
}
