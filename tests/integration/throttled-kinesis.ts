import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSeededRandom } from './seeded-random.ts';

type PutRecords = { readonly Records: readonly object[] };
type PutResult = { readonly Records: readonly object[] };

/**
 * Stands before a Kinesis as the throttle of its shards, which Kinesalite does not have: of each `PutRecords` it passes on a
 * part of the records, in any positions, and says of the others what AWS says. Other requests it passes on as they are.
 *
 * @param share of the records that are not taken, in [0, 1)
 */
export async function startThrottle(kinesis: string, { seed, share }: { seed: number; share: number }) {
  const random = createSeededRandom(seed);
  let refused = 0;
  const pass = async ({ method, headers, url }: IncomingMessage, body: string) => {
    const { host: _, 'content-length': __, connection: ___, ...rest } = headers;
    const sent = await fetch(new URL(url ?? '/', kinesis), {
      method: method ?? 'POST',
      headers: rest as Record<string, string>,
      body,
    });
    return { status: sent.status, type: sent.headers.get('content-type') ?? '', text: await sent.text() };
  };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const isPut = String(request.headers['x-amz-target']).endsWith('.PutRecords');
    const put = isPut ? (JSON.parse(body) as PutRecords) : null;
    const isTaken = put?.Records.map(() => random.next() >= share) ?? [];
    const taken = put?.Records.filter((_, index) => isTaken[index]) ?? [];
    const reply =
      put !== null && taken.length === 0
        ? { status: 200, type: 'application/x-amz-json-1.1', text: '{"Records":[]}' }
        : await pass(request, put === null ? body : JSON.stringify({ ...put, Records: taken }));
    response.writeHead(reply.status, { 'content-type': reply.type });
    if (put === null || reply.status !== 200) {
      response.end(reply.text);
      return;
    }
    const results = [...(JSON.parse(reply.text) as PutResult).Records];
    const Records = isTaken.map((is) =>
      is
        ? results.shift()
        : {
            ErrorCode: 'ProvisionedThroughputExceededException',
            ErrorMessage: 'Rate exceeded for shard shardId-000000000000 in stream prices.',
          },
    );
    const FailedRecordCount = isTaken.filter((is) => !is).length;
    refused += FailedRecordCount;
    response.end(JSON.stringify({ FailedRecordCount, Records }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** How many records it did not take. */
    refused: () => refused,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
