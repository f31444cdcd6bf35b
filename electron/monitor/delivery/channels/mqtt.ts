import type { MqttClient } from 'mqtt';
import { z } from 'zod';
import { formatCoinName } from '../../../../shared/format/name.ts';
import { message } from '../../../../shared/messages/message.ts';
import { MessageError, messageOf } from '../../../../shared/messages/message-error.ts';
import { optionText } from '../../../../shared/messages/option-text.ts';
import { unlessAborted } from '../../async/unless-aborted.ts';
import { channelKind } from '../channel-kind.ts';
import { DeliveryError } from '../delivery-error.ts';
import { type Envelope, envelopeOf } from '../envelope.ts';
import { untrusted } from './own-authority.ts';
import { CERTIFICATE_WITH_KEY, tlsFileOptions, tlsFiles } from './tls-files.ts';

/**
 * Publishes each alert with QoS 1: as an event to `<topic>/alert/<coin>`, and retained to `<topic>/state/<coin>`, so that later
 * subscribers get the last one. Home Assistant discovers a sensor for each coin.
 * Source of the discovery: https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery
 */
export const mqtt = channelKind({
  kind: 'mqtt',
  options: z
    .strictObject({
      url: z.url({ protocol: /^(mqtts?|wss?)$/ }).meta({ examples: ['mqtts://broker.example:8883'] }),
      user: z.string().optional(),
      password: z.string().optional(),
      ...tlsFileOptions,
      topic: z
        .string()
        .regex(/^[^+#]+$/, optionText('option.not-a-plain-topic'))
        .default('crypto-price-monitor'),
      discovery: z.boolean().default(true).describe(optionText('option.discovery')),
    })
    .refine(...CERTIFICATE_WITH_KEY),
  secrets: ['password', 'keyPassword'],
  limits: { batch: 100, timeoutMs: 20_000 },
  open(options, { dataDir }) {
    const { url, user, password, topic, discovery } = options;
    let opening: Promise<Connection> | null = null;
    const announced = new Set<string>();
    const { hostname } = new URL(url);

    /** Ends the connection, also one that is still being established. */
    const endConnection = (): void => {
      opening?.then(
        ({ client }) => void client.end(true),
        () => undefined, // it was never established
      );
      opening = null;
    };

    const connect = async (): Promise<Connection> => {
      const { connectAsync } = await import('mqtt');
      // The outbox, not the client, decides what is sent again.
      const once = { reconnectPeriod: 0, connectTimeout: 10_000 };
      const credentials = {
        ...(user !== undefined && { username: user }),
        ...(password !== undefined && { password }),
      };
      const files = await tlsFiles(options, dataDir);
      const client = await connectAsync(url, { ...once, ...credentials, ...files }, false);
      const closed = new AbortController();
      client.on('error', () => undefined); // `close` follows
      client.on('close', () => closed.abort(new MessageError(message('delivery.connection-ended'))));
      announced.clear();
      return { client, closed: closed.signal };
    };

    const connected = async (): Promise<Connection> => {
      opening ??= connect();
      const known = opening;
      const open = await known;
      if (!open.closed.aborted) return open;
      // A test may have opened another connection in the meantime.
      if (opening === known) opening = null;
      opening ??= connect();
      return opening;
    };

    /** Publishes in parallel: a connection keeps the order of messages and of their acknowledgements. */
    const publish = async (to: MqttClient, envelope: Envelope): Promise<void> => {
      const coin = envelope.data.coin.replaceAll(/[+#/]/g, '_');
      const payload = JSON.stringify(envelope);
      const isNew = discovery && !announced.has(coin);
      announced.add(coin);
      await Promise.all([
        ...(isNew
          ? [to.publishAsync(configTopic(coin), configOf(coin, topic), { qos: 1, retain: true })]
          : []),
        to.publishAsync(`${topic}/alert/${coin}`, payload, { qos: 1 }),
        to.publishAsync(`${topic}/state/${coin}`, payload, { qos: 1, retain: true }),
      ]);
    };

    return {
      async deliver(alerts, signal) {
        const delivered: string[] = [];
        try {
          const { client, closed } = await unlessAborted(signal, connected());
          // After a connection has ended, no acknowledgement arrives.
          const over = AbortSignal.any([signal, closed]);
          const publishing = alerts.map((alert) => publish(client, envelopeOf(alert)));
          // An error is reported once, by the first promise that is awaited.
          for (const each of publishing) each.catch(() => undefined);
          for (const [index, { id }] of alerts.entries()) {
            await unlessAborted(over, publishing[index] ?? Promise.resolve());
            delivered.push(id);
          }
        } catch (cause) {
          endConnection();
          throw failureOf(cause, hostname, delivered);
        }
      },
      async close() {
        const open = await opening?.catch(() => null); // it was never established
        await open?.client.endAsync();
      },
    };
  },
});

/** A connection; the signal aborts when it ends. */
type Connection = { readonly client: MqttClient; readonly closed: AbortSignal };

const objectId = (coin: string): string => coin.replaceAll(/[^A-Za-z0-9_-]/g, '_');

const configTopic = (coin: string): string =>
  `homeassistant/sensor/crypto_price_monitor/${objectId(coin)}/config`;

function configOf(coin: string, topic: string): string {
  const stateTopic = `${topic}/state/${coin}`;
  const id = `crypto_price_monitor_${objectId(coin)}`;
  return JSON.stringify({
    name: `${formatCoinName(coin)} alert`,
    unique_id: id,
    state_topic: stateTopic,
    value_template: '{{ value_json.data.price }}',
    json_attributes_topic: stateTopic,
    json_attributes_template: '{{ value_json.data | tojson }}',
    icon: 'mdi:chart-line',
  });
}

/** Reason codes for denied access: MQTT 3.1.1, 3.2.2.3 (4, 5) and MQTT 5, 3.2.2.2 (134, 135). */
const REFUSED_CODES: ReadonlySet<unknown> = new Set([4, 5, 134, 135]);

function failureOf(cause: unknown, host: string, delivered: readonly string[]): DeliveryError {
  if (cause instanceof DeliveryError) return cause;
  const errorText = cause instanceof Error ? cause.message : String(cause);
  const isRefused = cause instanceof Error && 'code' in cause && REFUSED_CODES.has(cause.code);
  return (
    untrusted(cause, host, delivered) ??
    new DeliveryError(
      isRefused ? 'refused' : 'unreachable',
      isRefused
        ? message('delivery.login-refused', { host, said: errorText })
        : message('delivery.at-host', { host, reason: messageOf(cause) }),
      { cause, delivered },
    )
  );
}
