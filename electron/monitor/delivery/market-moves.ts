import { type Alert, type Direction, isResolvedEvent } from '../../../shared/domain/alert.ts';
import type { MarketMove } from '../../../shared/domain/market-move.ts';
import { coinsOfMove, type MarketAlerts } from '../../../shared/settings/market-alerts.ts';
import type { Delivery } from './delivery.ts';

/** What decides whether alerts are a move of the market. */
export type Market = {
  readonly setting: MarketAlerts;
  readonly watched: number;
  /** Where an alert says that the price goes; null where it does not. */
  directionOf(alert: Alert): Direction | null;
};

type Taken = Pick<Delivery, 'alert' | 'takenAt'>;

/** Recognizes, for one channel, when alerts of many coins are a move of the market, which is told to people once. */
export type MarketMoves = {
  /** Whether a move that was told stands for this alert, too: of its direction, and within its time. */
  isTold(taken: Taken): boolean;
  /** The move that the first of those that wait belongs to, and which of them do, by their numbers; null where it is none. */
  find(waiting: readonly Taken[]): { readonly move: MarketMove; readonly numbers: readonly number[] } | null;
  /** These were delivered, as a move or by themselves. */
  delivered(taken: readonly Taken[], move: MarketMove | null): void;
};

/** @param market null while moves are not told as one */
export function createMarketMoves(market: () => Market | null): MarketMoves {
  /** What was delivered within the time of a move. */
  let recent: readonly Taken[] = [];
  let told: { readonly direction: Direction; readonly at: number } | null = null;

  const isNear = (at: number, other: number, { setting }: Market): boolean =>
    Math.abs(at - other) <= setting.withinSeconds * 1_000;

  return {
    isTold({ alert, takenAt }) {
      const now = market();
      if (now === null || told === null || isResolvedEvent(alert)) return false;
      return now.directionOf(alert) === told.direction && takenAt >= told.at && isNear(takenAt, told.at, now);
    },
    find(waiting) {
      const now = market();
      const [first] = waiting;
      if (now === null || first === undefined || isResolvedEvent(first.alert)) return null;
      const direction = now.directionOf(first.alert);
      if (direction === null) return null;
      const belongs = ({ alert, takenAt }: Taken): boolean =>
        !isResolvedEvent(alert) &&
        now.directionOf(alert) === direction &&
        isNear(takenAt, first.takenAt, now);
      // The order of a coin's alerts is kept: none passes an earlier one of its coin.
      const passed = new Set<string>();
      const numbers = waiting.flatMap((taken, number) => {
        if (belongs(taken) && !passed.has(taken.alert.coinId)) return [number];
        passed.add(taken.alert.coinId);
        return [];
      });
      const alerts = [...numbers.flatMap((number) => waiting[number] ?? []), ...recent.filter(belongs)];
      const coins = new Set(alerts.map(({ alert }) => alert.coinId)).size;
      if (coins < coinsOfMove(now.setting, now.watched)) return null;
      return { move: { direction, coins, watched: now.watched }, numbers };
    },
    delivered(taken, move) {
      const now = market();
      if (now === null) return;
      const newestAt = Math.max(0, ...taken.map(({ takenAt }) => takenAt));
      recent = [...recent, ...taken].filter(({ takenAt }) => isNear(takenAt, newestAt, now));
      if (move !== null) told = { direction: move.direction, at: newestAt };
    },
  };
}

/** Alerts by the size of their moves. */
export function largestFirst<A extends Alert>(alerts: readonly A[]): readonly A[] {
  return alerts.toSorted((a, b) => changeSize(b) - changeSize(a));
}

/** How large the move of an alert is, in per cent; 0 where its rule knows no change. */
export const changeSize = ({ figures }: Alert): number => Math.abs(figures.changePct ?? 0);
