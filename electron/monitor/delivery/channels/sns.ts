import { createHash } from 'node:crypto';
import type { PublishBatchRequestEntry } from '@aws-sdk/client-sns';
import { z } from 'zod';
import { optionText } from '../../../../shared/messages/option-text.ts';
import type { RaisedAlert } from '../channel.ts';
import { channelKind } from '../channel-kind.ts';
import { chatText, cut } from '../chat-text.ts';
import { envelopeOf } from '../envelope.ts';
import { awsFailure, regionOf } from './aws.ts';

/** AWS accepts no more in a request. */
const MAX_PER_REQUEST = 10;

/**
 * Publishes each alert to an AWS SNS topic. Credentials come from the SDK's default chain: environment, profile, container or
 * instance role. A FIFO topic (`….fifo`) gets the coin as the message group, so that a coin's alerts keep their order, and the
 * alert's id for deduplication. Subscriptions can filter by the attributes coin, currency, severity, rule and direction.
 * Source: https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
 */
export const sns = channelKind({
  kind: 'sns',
  options: z.strictObject({
    topicArn: z
      .string()
      .regex(/^arn:[\w-]+:sns:[\w-]+:\d*:[\w-]+(\.fifo)?$/, optionText('option.not-a-topic-arn'))
      .meta({ examples: ['arn:aws:sns:eu-central-1:123456789012:alerts'] }),
    endpoint: z.url().optional().describe(optionText('option.aws-endpoint')),
  }),
  limits: { batch: MAX_PER_REQUEST, timeoutMs: 20_000 },
  open({ topicArn, endpoint }) {
    const isFifo = topicArn.endsWith('.fifo');
    const opened = import('@aws-sdk/client-sns').then(({ SNSClient, PublishBatchCommand }) => ({
      client: new SNSClient({ region: regionOf(topicArn), maxAttempts: 1, ...(endpoint && { endpoint }) }),
      PublishBatchCommand,
    }));
    return {
      async deliver(alerts, signal) {
        const { client, PublishBatchCommand } = await opened;
        const delivered: string[] = [];
        // One by one if a later alert of a coin must not overtake one that failed.
        for (const some of isFifo ? alerts.map((alert) => [alert]) : [alerts]) {
          const command = new PublishBatchCommand({
            TopicArn: topicArn,
            PublishBatchRequestEntries: some.map((alert, index) => entryOf(alert, String(index), isFifo)),
          });
          const { Successful = [], Failed = [] } = await client
            .send(command, { abortSignal: signal })
            .catch((cause: unknown) => {
              throw awsFailure(cause, 'AWS SNS', delivered);
            });
          delivered.push(...Successful.flatMap(({ Id }) => some[Number(Id)]?.id ?? []));
          const [failed] = Failed;
          if (failed !== undefined) {
            const error = Object.assign(new Error(failed.Message), { name: failed.Code });
            throw awsFailure(error, 'AWS SNS', delivered);
          }
        }
      },
      close: async () => (await opened).client.destroy(),
    };
  },
});

function entryOf(alert: RaisedAlert, id: string, isFifo: boolean): PublishBatchRequestEntry {
  const envelope = envelopeOf(alert);
  const { coin, currency, severity, rule, direction } = envelope.data;
  const attributes = { coin, currency, severity, rule, ...(direction && { direction }) };
  const { title } = chatText([alert]);
  return {
    Id: id,
    Message: JSON.stringify(envelope),
    // ASCII and at most 100 characters.
    Subject: cut(title.replaceAll(/[^ -~]+/g, ' ').trim() || coin, 100).replace('…', '.'),
    MessageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, value]) => [name, { DataType: 'String', StringValue: value }]),
    ),
    ...(isFifo && { MessageGroupId: hashed(coin), MessageDeduplicationId: hashed(alert.id) }),
  };
}

/** At most 128 letters and digits, whatever characters a coin's or an alert's id contains. */
const hashed = (text: string): string => createHash('sha256').update(text).digest('hex');
