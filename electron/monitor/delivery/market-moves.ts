import { type Alert, type Direction, isResolvedEvent } from '../../../shared/domain/alert.ts';
import type { MarketMove } from '../../../shared/domain/market-move.ts';
import { coinsOfMove, type MarketAlerts } from '../../../shared/settings/market-alerts.ts';
import type { Delivery } from './delivery.ts';

/** Decides whether alerts are a market move. */
export type Market = {
  readonly setting: MarketAlerts;
  readonly watched: number;
  /** The direction of the price that an alert reports; null if it reports none. */
  directionOf(alert: Alert): Direction | null;
};

type Received = Pick<Delivery, 'alert' | 'takenAt'>;

/** Recognizes, for one channel, when alerts of many coins are a market move, which is delivered to people as one message. */
export type MarketMoves = {
  /** Whether a delivered market move covers this alert, too: the alert has its direction, and is within its time. */
  isCovered(received: Received): boolean;
  /** The move that the first waiting alert belongs to, and the indices of all that belong to it; null if it belongs to none. */
  find(
    waiting: readonly Received[],
  ): { readonly move: MarketMove; readonly numbers: readonly number[] } | null;
  /** These were delivered, as a move or separately. */
  delivered(received: readonly Received[], move: MarketMove | null): void;
};

/** @param market null while moves are not delivered as one message */
export function createMarketMoves(market: () => Market | null): MarketMoves {
  /** Alerts that were delivered within the time of a move. */
  let recent: readonly Received[] = [];
  let lastMove: { readonly direction: Direction; readonly at: number } | null = null;

  const isNear = (at: number, other: number, { setting }: Market): boolean =>
    Math.abs(at - other) <= setting.withinSeconds * 1_000;

  return {
    isCovered({ alert, takenAt }) {
      const now = market();
      if (now === null || lastMove === null || isResolvedEvent(alert)) return false;
      return (
        takenAt >= lastMove.at &&
        isNear(takenAt, lastMove.at, now) &&
        now.directionOf(alert) === lastMove.direction
      );
    },
    find(waiting) {
      const now = market();
      const [first] = waiting;
      if (now === null || first === undefined || isResolvedEvent(first.alert)) return null;
      const direction = now.directionOf(first.alert);
      if (direction === null) return null;
      const belongs = ({ alert, takenAt }: Received): boolean =>
        !isResolvedEvent(alert) &&
        // The cheapest check first: thousands may be waiting.
        isNear(takenAt, first.takenAt, now) &&
        now.directionOf(alert) === direction;
      // The order of a coin's alerts is kept: none overtakes an earlier one of its coin.
      const passed = new Set<string>();
      const numbers = waiting.flatMap((received, number) => {
        if (belongs(received) && !passed.has(received.alert.coinId)) return [number];
        passed.add(received.alert.coinId);
        return [];
      });
      const alerts = [...numbers.flatMap((number) => waiting[number] ?? []), ...recent.filter(belongs)];
      const coins = new Set(alerts.map(({ alert }) => alert.coinId)).size;
      if (coins < coinsOfMove(now.setting, now.watched)) return null;
      return { move: { direction, coins, watched: now.watched }, numbers };
    },
    delivered(received, move) {
      const now = market();
      if (now === null) return;
      const newestAt = Math.max(0, ...received.map(({ takenAt }) => takenAt));
      recent = [...recent, ...received].filter(({ takenAt }) => isNear(takenAt, newestAt, now));
      if (move !== null) lastMove = { direction: move.direction, at: newestAt };
    },
  };
}

/** Alerts by the size of their moves. */
export function largestFirst<A extends Alert>(alerts: readonly A[]): readonly A[] {
  return alerts.toSorted((a, b) => changeSize(b) - changeSize(a));
}

/** The size of an alert's move, in per cent; 0 if its rule measures no change. */
export const changeSize = ({ figures }: Alert): number => Math.abs(figures.changePct ?? 0);
