import type { ExchangesState } from '../../../../shared/domain/exchanges-state.ts';
import type { Problem } from '../../../../shared/domain/problem.ts';
import { message } from '../../../../shared/messages/message.ts';
import type { ExchangeId } from '../../../../shared/settings/settings.ts';
import type { ExchangeAssignment } from './assign-coins.ts';
import type { MarketStatus, TradeStream } from './trade-stream.ts';

export type ExchangeFeedState = {
  readonly exchanges: ExchangesState;
  /** Markets that an exchange refuses to stream; null while there is none. */
  readonly problem: Problem | null;
};

/** The exchanges that are streamed from now, each with its coins. */
export type Streams = ReadonlyMap<
  ExchangeId,
  {
    readonly assignment: ExchangeAssignment;
    readonly stream: Pick<TradeStream, 'statusOf' | 'refusals'>;
  }
>;

/** In the order in which they are reported. */
const STATUSES: readonly MarketStatus[] = ['live', 'connecting', 'waiting', 'refused'];

/**
 * @param polling the exchanges whose polls succeed
 * @param isReferenceDown whether the reference source has returned no prices for too long
 */
export function exchangeFeedState(
  streams: Streams,
  polling: ReadonlySet<ExchangeId>,
  isReferenceDown: boolean,
): ExchangeFeedState {
  const entries = [...streams].flatMap(([source, { assignment, stream }]) => {
    const byStatus = Map.groupBy(assignment.markets, ({ coinId }) => stream.statusOf(coinId));
    return STATUSES.flatMap((status) => {
      const coins = byStatus.get(status)?.map(({ coinId }) => coinId) ?? [];
      return coins.length === 0 ? [] : [{ source, status, coins }];
    });
  });
  const live = entries.filter(({ status }) => status === 'live').map(({ source }) => source);
  const fallback = isReferenceDown ? ([...live, ...polling][0] ?? null) : null;
  return { exchanges: { fallback, streams: entries }, problem: refusedMarkets(streams) };
}

function refusedMarkets(streams: Streams): Problem | null {
  const refused = [...streams].flatMap(([exchange, { stream }]) =>
    stream.refusals().map(({ market, reason }) => ({ exchange, ...market, reason })),
  );
  const [first] = refused;
  if (first === undefined) return null;
  const { exchange, symbol, coinId, reason } = first;
  const more = refused.length - 1;
  return {
    id: 'exchange-markets',
    message: message('exchange.stream-refused', { exchange, symbol, coinId, reason, more }),
  };
}
