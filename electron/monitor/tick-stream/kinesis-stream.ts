import { KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { message, verbatim } from '../../../shared/messages/message.ts';
import { MessageError } from '../../../shared/messages/message-error.ts';
import { withinTime } from '../async/within-time.ts';
import type { Clock } from '../time/clock.ts';
import type { CoinRecord } from './coin-records.ts';
import type { PutOutcome } from './put-in-order.ts';
import type { TickStreamSettings } from './tick-stream-settings.ts';

/** For a request: an endpoint may accept it and never respond. */
const TIMEOUT_MS = 20_000;

export type KinesisStream = {
  /** Puts records with their coin as the partition key. Throws when none was accepted. */
  put(records: readonly CoinRecord[], signal: AbortSignal): Promise<readonly PutOutcome[]>;
  close(): void;
};

/**
 * A data stream of AWS Kinesis. Credentials are found by the SDK's own chain.
 * Source: https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
 */
export function openKinesisStream(
  { region, streamName, http1 }: TickStreamSettings,
  clock: Pick<Clock, 'sleep'>,
): KinesisStream {
  const client = new KinesisClient({
    region,
    maxAttempts: 1, // The caller retries, and reports it.
    ...(http1 && { requestHandler: new NodeHttpHandler() }),
  });
  return {
    async put(records, signal) {
      const command = new PutRecordsCommand({
        StreamName: streamName,
        Records: records.map(({ coinId, data }) => ({ PartitionKey: coinId, Data: data })),
      });
      const { Records = [] } = await withinTime((abortSignal) => client.send(command, { abortSignal }), {
        ms: TIMEOUT_MS,
        clock,
        signal,
        tooLate: () => new MessageError(message('tick-stream.too-late', { seconds: TIMEOUT_MS / 1_000 })),
      });
      return records.map((_, index): PutOutcome => {
        const { SequenceNumber, ErrorCode, ErrorMessage = ErrorCode } = Records[index] ?? {};
        if (SequenceNumber !== undefined) return { isAccepted: true };
        const reason =
          ErrorMessage === undefined ? message('tick-stream.no-outcome') : verbatim(ErrorMessage);
        return { isAccepted: false, reason };
      });
    },
    close: () => client.destroy(),
  };
}
