import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { keepIdleConnections } from './own-kinesis.ts';
import { createSeededRandom } from './seeded-random.ts';

type PutRecords = { readonly Records: readonly object[] };
type PutResult = { readonly Records: readonly object[] };

/**
 * Starts a proxy in front of a Kinesis that simulates the throttling of shards, which Kinesalite lacks: it forwards only some records
 * of each `PutRecords`, in random positions, and responds for the others like AWS. It forwards other requests unchanged.
 *
 * @param share the fraction of records that are rejected, in [0, 1)
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
    const isForwarded = put?.Records.map(() => random.next() >= share) ?? [];
    const forwarded = put?.Records.filter((_, index) => isForwarded[index]) ?? [];
    const reply =
      put !== null && forwarded.length === 0
        ? { status: 200, type: 'application/x-amz-json-1.1', text: '{"Records":[]}' }
        : await pass(request, put === null ? body : JSON.stringify({ ...put, Records: forwarded }));
    response.writeHead(reply.status, { 'content-type': reply.type });
    if (put === null || reply.status !== 200) {
      response.end(reply.text);
      return;
    }
    const results = [...(JSON.parse(reply.text) as PutResult).Records];
    const Records = isForwarded.map((forwards) =>
      forwards
        ? results.shift()
        : {
            ErrorCode: 'ProvisionedThroughputExceededException',
            ErrorMessage: 'Rate exceeded for shard shardId-000000000000 in stream prices.',
          },
    );
    const FailedRecordCount = isForwarded.filter((forwards) => !forwards).length;
    refused += FailedRecordCount;
    response.end(JSON.stringify({ FailedRecordCount, Records }));
  });
  keepIdleConnections(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The number of rejected records. */
    refused: () => refused,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
