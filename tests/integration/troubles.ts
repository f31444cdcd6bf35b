import type { Fault } from '../../demo/faults.ts';
import type { DemoServer } from '../../demo/server.ts';
import type { SeededRandom } from './seeded-random.ts';

type Scene = {
  readonly server: DemoServer;
  /** The program's clock, which can be set wrong. */
  readonly clock: { set(aheadMs: number): void };
  readonly random: SeededRandom;
};

/** A temporary fault. */
export type Trouble = {
  /** The exchange sends no trades although the connection is open, so the program cannot know them. */
  readonly isSilence?: true;
  begin(scene: Scene): void;
};

/** The number of bad responses of CoinGecko: few, because each failure increases the delay. */
const responses =
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
  { begin: responses(2, () => ({ kind: 'status', status: 429 })) },
  {
    begin: responses(3, (random) => ({
      kind: 'status',
      status: 429,
      retryAfterSeconds: random.whole(20, 90),
    })),
  },
  {
    begin: responses(3, (random) => ({
      kind: 'status',
      status: 429,
      retryAfterSeconds: random.whole(20, 90),
      retryAfterAs: 'date',
    })),
  },
  { begin: responses(4, () => ({ kind: 'reset' })) },
  { begin: responses(1, () => ({ kind: 'hang' })) },
  {
    begin: responses(4, (random) => ({ kind: 'status', status: random.pick([500, 502, 503, 504]) })),
  },
  {
    begin: responses(4, (random) => ({
      kind: 'truncate',
      bytes: random.whole(0, 300),
      cut: random.next() < 0.5,
    })),
  },
  {
    begin: responses(3, () => ({
      kind: 'text',
      text: '<html>Just a moment…</html>',
      contentType: 'text/html',
    })),
  },
  {
    begin: responses(3, (random) => ({ kind: 'json', value: random.pick([[], null, 'no', 7]) })),
  },
  {
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
  { isSilence: true, begin: ({ server }) => server.exchange.setSocketFault('silent') },
  { begin: ({ server }) => server.exchange.setSocketFault('closed') },
  { begin: ({ server }) => server.exchange.dropSockets() },
  {
    begin: ({ server }) => {
      server.exchange.setSocketFault('closed');
      server.setFault({ endpoint: '*', fault: { kind: 'status', status: 503 }, times: 8 });
    },
  },
  { begin: ({ clock }) => clock.set(90_000) },
  { begin: ({ clock }) => clock.set(-90_000) },
];
