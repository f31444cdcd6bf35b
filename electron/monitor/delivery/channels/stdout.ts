import { z } from 'zod';
import { channelKind } from '../channel-kind.ts';
import { envelopeOf } from '../envelope.ts';

/** The envelope of each alert as a line of JSON on standard output, for a program that reads it through a pipe. */
export const stdout = channelKind({
  kind: 'stdout',
  options: z.strictObject({}),
  limits: { batch: 1_000 },
  open: () => ({
    deliver(alerts) {
      const lines = alerts.map((alert) => `${JSON.stringify(envelopeOf(alert))}\n`).join('');
      return new Promise((resolve, reject) => {
        process.stdout.write(lines, (error) => (error ? reject(error) : resolve()));
      });
    },
  }),
});
