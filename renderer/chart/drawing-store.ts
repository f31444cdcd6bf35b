import { z } from 'zod';
import { type Observable, observable } from '../observable/observable.ts';
import { storedInBrowser } from './browser-storage.ts';
import {
  type DrawingAction,
  type DrawingHistory,
  drawingSchema,
  emptyHistory,
  nextDrawings,
} from './model/drawings.ts';

const stored = storedInBrowser('chart-drawings', z.record(z.string(), z.array(drawingSchema).readonly()), {});

export type DrawingStore = Observable<DrawingHistory> & { dispatch(action: DrawingAction): void };

const stores = new Map<string, DrawingStore>();

/** The drawings on a coin in a currency. They are stored in the browser; the undo history is lost when the page is closed. */
export function drawingStore(coinId: string, vsCurrency: string): DrawingStore {
  const key = `${coinId} ${vsCurrency}`;
  const known = stores.get(key);
  if (known !== undefined) return known;
  const history = observable(emptyHistory(stored.get()[key] ?? []));
  const store: DrawingStore = {
    get: history.get,
    subscribe: history.subscribe,
    dispatch(action) {
      history.set(nextDrawings(history.get(), action));
      stored.set({ ...stored.get(), [key]: history.get().drawings });
    },
  };
  stores.set(key, store);
  return store;
}
