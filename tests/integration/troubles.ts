import type { Fault } from '../../demo/faults.ts';
import type { DemoServer } from '../../demo/server.ts';
import type { SeededRandom } from './seeded-random.ts';

type Scene = {
  readonly server: DemoServer;
  /** The program's clock, which can be set wrong. */
  readonly clock: { set(aheadMs: number): void };
  readonly random: SeededRandom;
};

/** Something that goes wrong for a while, and which of the two sources goes on meanwhile. */
export type Trouble = {
  readonly spares: 'exchange' | 'none';
  begin(scene: Scene): void;
};

/** So many answers of CoinGecko are bad. Few, because each failure makes the next pause longer. */
const answers =
  (times: number, faultOf: (random: SeededRandom) => Fault): Trouble['begin'] =>
  ({ server, random }) =>
    server.setFault({ endpoint: '/simple/price', fault: faultOf(random), times });

const WRONG_FIELDS: readonly Extract<Fault, { kind: 'coin' }>['set'][] = [
  { usd: '60000' },
  { usd: null },
  { usd: -60_000 },
  { usd: 0 },
  { usd: { value: 60_000 } },
  { usd: [60_000] },
  { last_updated_at: 'now' },
  { last_updated_at: 1_774_958_400_000 },
  { last_updated_at: 0 },
];

export const TROUBLES: readonly Trouble[] = [
  { spares: 'exchange', begin: answers(2, () => ({ kind: 'status', status: 429 })) },
  {
    spares: 'exchange',
    begin: answers(3, (random) => ({
      kind: 'status',
      status: 429,
      retryAfterSeconds: random.whole(20, 90),
    })),
  },
  {
    spares: 'exchange',
    begin: answers(3, (random) => ({
      kind: 'status',
      status: 429,
      retryAfterSeconds: random.whole(20, 90),
      retryAfterAs: 'date',
    })),
  },
  { spares: 'exchange', begin: answers(4, () => ({ kind: 'reset' })) },
  { spares: 'exchange', begin: answers(1, () => ({ kind: 'hang' })) },
  {
    spares: 'exchange',
    begin: answers(4, (random) => ({ kind: 'status', status: random.pick([500, 502, 503, 504]) })),
  },
  {
    spares: 'exchange',
    begin: answers(4, (random) => ({
      kind: 'truncate',
      bytes: random.whole(0, 300),
      cut: random.next() < 0.5,
    })),
  },
  {
    spares: 'exchange',
    begin: answers(3, () => ({
      kind: 'text',
      text: '<html>Just a moment…</html>',
      contentType: 'text/html',
    })),
  },
  {
    spares: 'exchange',
    begin: answers(3, (random) => ({ kind: 'json', value: random.pick([[], null, 'no', 7]) })),
  },
  {
    spares: 'exchange',
    begin: ({ server, random }) => {
      for (const set of random.shuffled(WRONG_FIELDS)) {
        server.setFault({
          endpoint: '/simple/price',
          fault: { kind: 'coin', coinId: '*', ...(set && { set }) },
          times: 1,
        });
      }
    },
  },
  { spares: 'none', begin: ({ server }) => server.exchange.setSocketFault('silent') },
  { spares: 'none', begin: ({ server }) => server.exchange.setSocketFault('closed') },
  { spares: 'none', begin: ({ server }) => server.exchange.dropSockets() },
  {
    spares: 'none',
    begin: ({ server }) => {
      server.exchange.setSocketFault('closed');
      server.setFault({ endpoint: '*', fault: { kind: 'status', status: 503 }, times: 8 });
    },
  },
  { spares: 'none', begin: ({ clock }) => clock.set(90_000) },
  { spares: 'none', begin: ({ clock }) => clock.set(-90_000) },
];
