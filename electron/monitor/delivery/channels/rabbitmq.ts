import type { ChannelModel, ConfirmChannel } from 'amqplib';
import { z } from 'zod';
import { message, verbatim } from '../../../../shared/messages/message.ts';
import { unlessAborted } from '../../async/unless-aborted.ts';
import { channelKind } from '../channel-kind.ts';
import { DeliveryError } from '../delivery-error.ts';
import { envelopeOf } from '../envelope.ts';
import { untrusted } from './own-authority.ts';
import { CERTIFICATE_WITH_KEY, tlsFileOptions, tlsFiles } from './tls-files.ts';

/**
 * Publishes each alert to a durable topic exchange with the routing key `alert.<severity>.<coin>`: persistent, confirmed by the
 * broker, and `mandatory`, so that an alert for which there is no queue does not count as delivered.
 */
export const rabbitmq = channelKind({
  kind: 'rabbitmq',
  options: z
    .strictObject({
      url: z.url({ protocol: /^amqps?$/ }).meta({ examples: ['amqps://user:password@broker.example/vhost'] }),
      exchange: z.string().min(1).default('crypto-price-monitor'),
      ...tlsFileOptions,
    })
    .refine(...CERTIFICATE_WITH_KEY),
  secrets: ['url', 'keyPassword'],
  limits: { batch: 100, timeoutMs: 20_000 },
  open(options, { dataDir }) {
    const { url, exchange } = options;
    const { hostname } = new URL(url);
    let opening: Promise<Opened> | null = null;

    const forget = async (): Promise<void> => {
      const closing = opening;
      opening = null;
      await closing?.then(({ close }) => close()).catch(() => undefined); // broken, or never open
    };

    const open = (): Promise<Opened> => {
      const mine = tlsFiles(options, dataDir).then((files) =>
        openExchange(url, exchange, {
          files,
          onBroken() {
            // By now there may be another connection.
            if (opening === mine) opening = null;
          },
        }),
      );
      return mine;
    };

    return {
      async deliver(alerts, signal) {
        let opened: Opened | null = null;
        try {
          opening ??= open();
          opened = await unlessAborted(signal, opening);
          const { channel, returned, blocked } = opened;
          refuseBlocked(blocked());
          returned.clear();
          for (const alert of alerts) {
            const key = `alert.${alert.severity}.${alert.coinId.replaceAll('.', '-')}`;
            channel.publish(exchange, key, Buffer.from(JSON.stringify(envelopeOf(alert))), {
              persistent: true,
              mandatory: true,
              contentType: 'application/cloudevents+json',
              messageId: alert.id,
              timestamp: Math.floor(alert.observedAt / 1_000),
              appId: 'crypto-price-monitor',
            });
          }
          await unlessAborted(signal, channel.waitForConfirms());
          const [key] = returned.values();
          if (key !== undefined) {
            // A message is returned before it is confirmed.
            const delivered = alerts.map(({ id }) => id).filter((id) => !returned.has(id));
            throw new DeliveryError('unreachable', message('delivery.no-queue', { exchange, key }), {
              delivered,
            });
          }
        } catch (cause) {
          const reason = opened?.blocked() ?? null;
          // A returned message was published, and a blocked connection continues; anything else may have broken it.
          refuseBlocked(reason);
          if (!(cause instanceof DeliveryError && cause.kind === 'unreachable')) await forget();
          throw failureOf(cause, hostname);
        }
      },
      close: forget,
    };
  },
});

type Opened = {
  readonly channel: ConfirmChannel;
  /** Routing keys of returned messages, by message id. */
  readonly returned: Map<string, string>;
  /** Why the broker accepts no messages at the moment, such as low memory; null when it does. */
  blocked(): string | null;
  close(): Promise<void>;
};

type OpenOptions = {
  /** For TLS, see `tlsFiles`. */
  readonly files: object;
  /** Called when the connection ended: the next delivery opens another. */
  readonly onBroken: () => void;
};

async function openExchange(
  url: string,
  exchange: string,
  { files, onBroken }: OpenOptions,
): Promise<Opened> {
  const { connect } = await import('amqplib');
  const connection = await connect(url, {
    ...files,
    timeout: 10_000,
    clientProperties: { connection_name: 'crypto-price-monitor' },
  });
  connection.on('error', () => undefined); // `close` follows
  connection.on('close', onBroken);
  let blocked: string | null = null;
  connection.on('blocked', (reason) => {
    blocked = reason;
  });
  connection.on('unblocked', () => {
    blocked = null;
  });
  try {
    const channel = await connection.createConfirmChannel();
    // The broker closes only the channel; its connection would stay open.
    channel.on('error', () => void closeConnection(connection));
    const returned = new Map<string, string>();
    channel.on('return', ({ properties, fields }) => {
      returned.set(String(properties.messageId), String(fields.routingKey));
    });
    await channel.assertExchange(exchange, 'topic', { durable: true });
    return {
      channel,
      returned,
      blocked: () => blocked,
      async close() {
        // The broker reads nothing from a blocked connection, and would confirm nothing.
        if (blocked !== null) return void closeConnection(connection);
        // The channel first: closing the connection would cut off pending confirmations.
        await channel.close().catch(() => undefined); // the broker has already closed it
        await closeConnection(connection);
      },
    };
  } catch (cause) {
    void closeConnection(connection);
    throw cause;
  }
}

/** Resolves when it is closed, also if it already was. */
async function closeConnection(connection: ChannelModel): Promise<void> {
  await connection.close().catch(() => undefined); // it already was
}

/**
 * Publishes nothing to a broker that has blocked the connection: it would deliver each copy when it continues.
 *
 * @throws DeliveryError with the broker's reason, unless it is null
 */
function refuseBlocked(reason: string | null): void {
  if (reason === null) return;
  throw new DeliveryError('unreachable', message('delivery.blocked', { reason: verbatim(reason) }));
}

function failureOf(cause: unknown, host: string): DeliveryError {
  if (cause instanceof DeliveryError) return cause;
  const certificate = untrusted(cause, host);
  if (certificate !== null) return certificate;
  const errorText = cause instanceof Error ? cause.message : String(cause);
  // AMQP 0-9-1, 1.1: 403 access-refused.
  if (!/ACCESS_REFUSED|\b403\b/.test(errorText)) {
    return new DeliveryError('unreachable', verbatim(`${host}: ${errorText}`), { cause });
  }
  return new DeliveryError('refused', message('delivery.login-refused', { host, said: errorText }), {
    cause,
  });
}
