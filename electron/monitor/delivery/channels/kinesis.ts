import { z } from 'zod';
import { verbatim } from '../../../../shared/messages/message.ts';
import { channelKind } from '../channel-kind.ts';
import { DeliveryError } from '../delivery-error.ts';
import { envelopeOf } from '../envelope.ts';
import { awsFailure, regionOf } from './aws.ts';

/**
 * Puts each alert into an AWS Kinesis data stream with the coin as the partition key. Records that the stream did not take are
 * put again, those alone. Credentials come from the SDK's own chain.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
 */
export const kinesis = channelKind({
  kind: 'kinesis',
  options: z.strictObject({
    streamArn: z
      .string()
      .regex(/^arn:[\w-]+:kinesis:[\w-]+:\d*:stream\/[\w.-]+$/, 'is not the ARN of a stream'),
    endpoint: z.url().optional().describe('Another address than that of the region, e.g. of LocalStack'),
    http1: z.boolean().default(false).describe('For an endpoint that knows no HTTP/2'),
  }),
  limits: { batch: 500, timeoutMs: 20_000 },
  open({ streamArn, endpoint, http1 }) {
    const opened = openClient(streamArn, endpoint, http1);
    return {
      async deliver(alerts, signal) {
        const { client, PutRecordsCommand } = await opened;
        const command = new PutRecordsCommand({
          StreamName: streamArn.slice(streamArn.indexOf('/') + 1),
          Records: alerts.map((alert) => ({
            PartitionKey: alert.coinId,
            Data: Buffer.from(JSON.stringify(envelopeOf(alert))),
          })),
        });
        const { Records = [] } = await client
          .send(command, { abortSignal: signal })
          .catch((cause: unknown) => {
            throw awsFailure(cause, 'AWS Kinesis');
          });
        const failed = Records.find(({ ErrorCode }) => ErrorCode !== undefined);
        if (failed === undefined) return;
        const delivered = alerts
          .filter((_, index) => Records[index]?.ErrorCode === undefined)
          .map(({ id }) => id);
        const isThrottled = failed.ErrorCode === 'ProvisionedThroughputExceededException';
        throw new DeliveryError(
          isThrottled ? 'rate-limited' : 'unreachable',
          verbatim(`AWS Kinesis: ${failed.ErrorMessage ?? failed.ErrorCode}`),
          { delivered },
        );
      },
      close: async () => (await opened).client.destroy(),
    };
  },
});

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
