import { once } from 'node:events';
import { z } from 'zod';
import { message, verbatim } from '../../../../shared/messages/message.ts';
import { channelKind } from '../channel-kind.ts';
import { DeliveryError } from '../delivery-error.ts';
import { envelopeOf } from '../envelope.ts';

/**
 * The envelope of each alert as a line of JSON on standard output, for a program that reads it through a pipe. If the reader does
 * not keep up, one delivery is held in memory and the rest stay in the outbox.
 */
export const stdout = channelKind({
  kind: 'stdout',
  options: z.strictObject({}),
  limits: { batch: 1_000 },
  open() {
    let isClosed = false;
    return {
      async deliver(alerts, signal) {
        const { stdout: stream } = process;
        // After a failure there is no `drain` event.
        if (stream.writableNeedDrain && !isClosed) await once(stream, 'drain', { signal });
        const lines = alerts.map((alert) => `${JSON.stringify(envelopeOf(alert))}\n`).join('');
        const error = await new Promise<Error | null | undefined>((resolve) => {
          stream.write(lines, resolve);
        });
        isClosed = error instanceof Error;
        if (error instanceof Error) throw failureOf(error);
      },
    };
  },
});

function failureOf(cause: Error): DeliveryError {
  const isClosed = 'code' in cause && cause.code === 'EPIPE';
  const content = isClosed ? message('delivery.stdout-closed') : verbatim(cause.message);
  return new DeliveryError('unreachable', content, { cause });
}
