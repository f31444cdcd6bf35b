/** Prints each alert of the topic once. Needs Node 24 and `npm install @platformatic/kafka`. */
import { Consumer, stringDeserializers } from '@platformatic/kafka';

const { KAFKA_BROKERS = '127.0.0.1:9092', KAFKA_TOPIC = 'cpm.alerts' } = process.env;
const MAX_SEEN = 100_000;

type AlertEvent = {
  readonly id: string;
  readonly type: string;
  readonly time: string;
  readonly data: { readonly severity: string; readonly coin: string; readonly message: string };
};

const consumer = new Consumer({
  clientId: 'alert-printer',
  groupId: 'alert-printer',
  bootstrapBrokers: KAFKA_BROKERS.split(','),
  deserializers: stringDeserializers,
});
const stream = await consumer.consume({
  topics: [KAFKA_TOPIC],
  mode: 'committed',
  fallbackMode: 'earliest',
  // An alert is done when it was printed, not when it was read.
  autocommit: false,
});
// So that another one of the group takes over immediately. The stream then ends.
process.once('SIGINT', () => void consumer.close(true));

/** Alerts are delivered at least once, and a repeat has the same id. */
const seen = new Set<string>();

for await (const record of stream) {
  const { id, type, time, data } = JSON.parse(record.value) as AlertEvent;
  // Fields are only ever added within a type; other types are for later programs.
  if (type === 'crypto-price-monitor.alert.v1' && !seen.has(id)) {
    console.log(time, data.severity, data.coin, data.message);
    seen.add(id);
    const [oldest] = seen;
    if (oldest !== undefined && seen.size > MAX_SEEN) seen.delete(oldest);
  }
  await record.commit();
}
