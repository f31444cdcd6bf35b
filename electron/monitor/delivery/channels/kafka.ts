import type { Producer } from '@platformatic/kafka';
import { z } from 'zod';
import { message, verbatim } from '../../../../shared/messages/message.ts';
import { unlessAborted } from '../../async/unless-aborted.ts';
import { certificateMessage } from '../../network/certificate-error.ts';
import { rootCause } from '../../network/root-cause.ts';
import { channelKind } from '../channel-kind.ts';
import { DeliveryError } from '../delivery-error.ts';
import { envelopeOf } from '../envelope.ts';

const kafkaOptions = z.strictObject({
  brokers: z.array(z.string().regex(/^[^\s:]+:\d+$/, 'is not host:port')).min(1),
  topic: z
    .string()
    .regex(/^[\w.-]{1,249}$/, 'is not the name of a topic')
    .default('cpm.alerts'),
  tls: z.boolean().default(true),
  mechanism: z.enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']).default('SCRAM-SHA-512'),
  user: z.string().optional(),
  password: z.string().optional(),
  createTopic: z.boolean().default(false).describe('Let the broker create the topic'),
});

/**
 * Produces each alert to a topic, keyed by coin, so that a coin's alerts keep their order. Idempotent, and acknowledged by all
 * in-sync replicas. Headers follow the Kafka binding of CloudEvents, structured mode:
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
 */
export const kafka = channelKind({
  kind: 'kafka',
  options: kafkaOptions,
  secrets: ['password'],
  limits: { batch: 500, timeoutMs: 30_000 },
  open(options) {
    const { topic, brokers } = options;
    let opening: Promise<StringProducer> | null = null;

    const forget = async (): Promise<void> => {
      const closing = opening;
      opening = null;
      await closing?.then((producer) => producer.close(true)).catch(() => undefined); // it is broken, or was never open
    };

    return {
      async deliver(alerts, signal) {
        try {
          opening ??= openProducer(options);
          const producer = await unlessAborted(signal, opening);
          // The producer itself may try for longer than the attempt may take.
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
          throw failureOf(cause, brokers.join(', '));
        }
      },
      close: forget,
    };
  },
});

type StringProducer = Producer<string, string, string, string>;

async function openProducer(options: z.output<typeof kafkaOptions>): Promise<StringProducer> {
  const { Producer, ProduceAcks, stringSerializers } = await import('@platformatic/kafka');
  const { brokers, tls, mechanism, user, password, createTopic } = options;
  return new Producer({
    clientId: 'crypto-price-monitor',
    bootstrapBrokers: brokers,
    serializers: stringSerializers,
    acks: ProduceAcks.ALL,
    idempotent: true,
    autocreateTopics: createTopic,
    connectTimeout: 10_000,
    timeout: 15_000,
    // The outbox tries again.
    retries: 1,
    ...(tls && { tls: {} }),
    ...(user !== undefined && { sasl: { mechanism, username: user, password: password ?? '' } }),
  });
}

function failureOf(cause: unknown, host: string): DeliveryError {
  const root = rootCause(cause);
  const certificate = certificateMessage(root, host);
  if (certificate !== null) {
    return new DeliveryError('certificate', message('delivery.untrusted', { reason: certificate }));
  }
  const words = root instanceof Error ? root.message : String(root);
  const code = cause instanceof Error && 'code' in cause ? cause.code : null;
  const kind =
    code === 'PLT_KFK_AUTHENTICATION' || /AUTHORIZATION_FAILED/.test(words) ? 'refused' : 'unreachable';
  return new DeliveryError(kind, verbatim(`${host}: ${words}`), { cause });
}
