import type { PutRecordsRequestEntry, PutRecordsResultEntry } from '@aws-sdk/client-kinesis';
import { z } from 'zod';
import { verbatim } from '../../../../shared/messages/message.ts';
import { optionText } from '../../../../shared/messages/option-text.ts';
import type { RaisedAlert } from '../channel.ts';
import { channelKind } from '../channel-kind.ts';
import { DeliveryError } from '../delivery-error.ts';
import { envelopeOf } from '../envelope.ts';
import { awsFailure, regionOf } from './aws.ts';

/**
 * AWS accepts 500 records in a request. Alerts of the same coin need separate requests, which all have to end within the attempt.
 */
const MAX_PER_ATTEMPT = 200;

/**
 * Puts each alert into an AWS Kinesis data stream with the coin as the partition key. The stream may accept some records of a
 * request and not those before them. Therefore a request has at most one record of each coin, and after a record that was not
 * accepted, no further records of its coin are put: the outbox retries those in order. Credentials come from the SDK's default
 * chain.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
 */
export const kinesis = channelKind({
  kind: 'kinesis',
  options: z.strictObject({
    streamArn: z
      .string()
      .regex(/^arn:[\w-]+:kinesis:[\w-]+:\d*:stream\/[\w.-]+$/, optionText('option.not-a-stream-arn'))
      .meta({ examples: ['arn:aws:kinesis:eu-central-1:123456789012:stream/alerts'] }),
    endpoint: z.url().optional().describe(optionText('option.aws-endpoint')),
    http1: z.boolean().default(false).describe(optionText('option.http1')),
  }),
  limits: { batch: MAX_PER_ATTEMPT, timeoutMs: 20_000 },
  open({ streamArn, endpoint, http1 }) {
    const opened = openClient(streamArn, endpoint, http1);
    return {
      async deliver(alerts, signal) {
        const { client, PutRecordsCommand } = await opened;
        const delivered: string[] = [];
        const waiting = new Set<string>();
        let failed: PutRecordsResultEntry | undefined;
        for (const round of roundsByCoin(alerts)) {
          const some = round.filter(({ coinId }) => !waiting.has(coinId));
          if (some.length === 0) break;
          const command = new PutRecordsCommand({
            StreamName: streamArn.slice(streamArn.indexOf('/') + 1),
            Records: some.map(recordOf),
          });
          const { Records = [] } = await client
            .send(command, { abortSignal: signal })
            .catch((cause: unknown) => {
              throw awsFailure(cause, 'AWS Kinesis', delivered);
            });
          for (const [index, { id, coinId }] of some.entries()) {
            const result = Records[index];
            if (result?.SequenceNumber !== undefined) delivered.push(id);
            else {
              waiting.add(coinId);
              failed ??= result ?? {};
            }
          }
        }
        if (failed !== undefined) throw failureOf(failed, delivered);
      },
      close: async () => (await opened).client.destroy(),
    };
  },
});

/** The first alert of each coin, then the second of each, and so on. */
function roundsByCoin(alerts: readonly RaisedAlert[]): readonly (readonly RaisedAlert[])[] {
  const rounds: RaisedAlert[][] = [];
  const seen = new Map<string, number>();
  for (const alert of alerts) {
    const number = seen.get(alert.coinId) ?? 0;
    seen.set(alert.coinId, number + 1);
    rounds[number] ??= [];
    rounds[number].push(alert);
  }
  return rounds;
}

const recordOf = (alert: RaisedAlert): PutRecordsRequestEntry => ({
  PartitionKey: alert.coinId,
  Data: Buffer.from(JSON.stringify(envelopeOf(alert))),
});

function failureOf(
  { ErrorCode = '', ErrorMessage = ErrorCode }: PutRecordsResultEntry,
  delivered: readonly string[],
): DeliveryError {
  const isThrottled = ErrorCode === 'ProvisionedThroughputExceededException';
  return new DeliveryError(
    isThrottled ? 'rate-limited' : 'unreachable',
    verbatim(`AWS Kinesis: ${ErrorMessage}`),
    { delivered },
  );
}

async function openClient(streamArn: string, endpoint: string | undefined, http1: boolean) {
  const { KinesisClient, PutRecordsCommand } = await import('@aws-sdk/client-kinesis');
  const { NodeHttpHandler } = await import('@smithy/node-http-handler');
  const client = new KinesisClient({
    region: regionOf(streamArn),
    maxAttempts: 1,
    ...(endpoint && { endpoint }),
    ...(http1 && { requestHandler: new NodeHttpHandler() }),
  });
  return { client, PutRecordsCommand };
}
