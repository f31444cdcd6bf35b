import { createHash } from 'node:crypto';
import { z } from 'zod';
import { channelKind } from '../channel-kind.ts';
import { chatText, cut } from '../chat-text.ts';
import { envelopeOf } from '../envelope.ts';
import { awsFailure, regionOf } from './aws.ts';

/**
 * Publishes each alert to an AWS SNS topic. Credentials come from the SDK's own chain: environment, profile, container or
 * instance role. A FIFO topic (`….fifo`) gets the coin as the group, so that a coin's alerts keep their order, and the alert's id
 * for deduplication. Subscriptions can filter by the attributes coin, currency, severity, rule and direction.
 * Source: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
export const sns = channelKind({
  kind: 'sns',
  options: z.strictObject({
    topicArn: z.string().regex(/^arn:[\w-]+:sns:[\w-]+:\d*:[\w-]+(\.fifo)?$/, 'is not the ARN of a topic'),
    endpoint: z.url().optional().describe('Another address than that of the region, e.g. of LocalStack'),
  }),
  limits: { timeoutMs: 20_000 },
  open({ topicArn, endpoint }) {
    const isFifo = topicArn.endsWith('.fifo');
    const opened = import('@aws-sdk/client-sns').then(({ SNSClient, PublishCommand }) => ({
      client: new SNSClient({ region: regionOf(topicArn), maxAttempts: 1, ...(endpoint && { endpoint }) }),
      PublishCommand,
    }));
    return {
      async deliver(alerts, signal) {
        const { client, PublishCommand } = await opened;
        const delivered: string[] = [];
        for (const alert of alerts) {
          const envelope = envelopeOf(alert);
          const { coin, currency, severity, rule, direction } = envelope.data;
          const attributes = { coin, currency, severity, rule, ...(direction && { direction }) };
          const command = new PublishCommand({
            TopicArn: topicArn,
            Message: JSON.stringify(envelope),
            // ASCII and at most 100 characters.
            Subject: cut(
              chatText([alert])
                .title.replaceAll(/[^ -~]+/g, ' ')
                .trim() || coin,
              100,
            ).replace('…', '.'),
            MessageAttributes: Object.fromEntries(
              Object.entries(attributes).map(([name, value]) => [
                name,
                { DataType: 'String', StringValue: value },
              ]),
            ),
            ...(isFifo && { MessageGroupId: hashed(coin), MessageDeduplicationId: hashed(alert.id) }),
          });
          try {
            await client.send(command, { abortSignal: signal });
          } catch (cause) {
            throw awsFailure(cause, 'AWS SNS', delivered);
          }
          delivered.push(alert.id);
        }
      },
      close: async () => (await opened).client.destroy(),
    };
  },
});

/** At most 128 letters and digits, whatever a coin's or an alert's id is made of. */
const hashed = (text: string): string => createHash('sha256').update(text).digest('hex');
