import { type Delivery, isSettled } from './delivery.ts';

/** The pending deliveries of a channel, in order, each alert once. */
export type WaitingDeliveries = {
  length(): number;
  first(): Delivery | undefined;
  all(): readonly Delivery[];
  /** Adds deliveries, without those of alerts that are included already. Returns the ones that it added. */
  add(news: readonly Delivery[]): readonly Delivery[];
  /** Moves the matching deliveries to the front, keeping their order, and returns their number. */
  toFront(isMeant: (delivery: Delivery, index: number) => boolean): number;
  /** Replaces the first deliveries with their new progress and removes settled ones. Returns the replacements. */
  advance(count: number, progress: (delivery: Delivery) => Partial<Delivery>): readonly Delivery[];
};

export function createWaitingDeliveries(
  unsettled: readonly Delivery[],
  now: () => number,
): WaitingDeliveries {
  const waiting: Delivery[] = [...unsettled];
  const ids = new Set(waiting.map(({ alert }) => alert.id));
  return {
    length: () => waiting.length,
    first: () => waiting[0],
    all: () => waiting,
    add(news) {
      const added = news.filter(({ alert }) => {
        const isNew = !ids.has(alert.id);
        ids.add(alert.id);
        return isNew;
      });
      waiting.push(...added);
      return added;
    },
    toFront(isMeant) {
      const meant = waiting.filter(isMeant);
      if (meant.length === 0) return 0;
      const others = waiting.filter((delivery, index) => !isMeant(delivery, index));
      waiting.splice(0, waiting.length, ...meant, ...others);
      return meant.length;
    },
    advance(count, progress) {
      const updatedAt = now();
      const advanced = waiting
        .slice(0, count)
        .map((delivery) => ({ ...delivery, ...progress(delivery), updatedAt }));
      waiting.splice(0, count, ...advanced.filter((delivery) => !isSettled(delivery)));
      for (const { alert } of advanced.filter(isSettled)) ids.delete(alert.id);
      return advanced;
    },
  };
}
