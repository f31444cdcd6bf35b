import type { ChannelTest } from '../../../shared/domain/channel.ts';
import { message } from '../../../shared/messages/message.ts';
import { withinTime } from '../async/within-time.ts';
import type { Clock } from '../time/clock.ts';
import type { Channel, RaisedAlert } from './channel.ts';
import { DeliveryError } from './delivery-error.ts';

const SECOND_MS = 1_000;
const TIMEOUT_MS = 30 * SECOND_MS;

/** An alert that says that it is a test. It is not stored. */
function testAlert(now: number): RaisedAlert {
  return {
    id: `test:${now}`,
    rule: 'test',
    kind: 'moving-average',
    params: { thresholdPct: 2, windowMinutes: 5 },
    severity: 'info',
    coinId: 'test-alert',
    vsCurrency: 'usd',
    source: 'test',
    observedAt: now,
    price: 103,
    direction: 'up',
    figures: { average: 100, changePct: 3 },
    raisedAt: now,
  };
}

/**
 * Delivers a test alert to the channel, independently of waiting deliveries. Never rejects.
 *
 * @param clock real time
 */
export async function sendTest(channel: Channel, clock: Clock): Promise<ChannelTest> {
  const start = clock.now();
  const durationMs = (): number => Math.max(0, clock.now() - start);
  try {
    await withinTime((signal) => channel.deliver([testAlert(start)], signal), {
      ms: TIMEOUT_MS,
      clock,
      signal: new AbortController().signal,
      tooLate: () =>
        new DeliveryError('unreachable', message('delivery.timeout', { seconds: TIMEOUT_MS / SECOND_MS })),
    });
    return { failure: null, durationMs: durationMs() };
  } catch (cause) {
    const { kind, content } = DeliveryError.from(cause);
    return { failure: { kind, message: content }, durationMs: durationMs() };
  }
}
