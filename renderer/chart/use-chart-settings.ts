import { useCallback, useMemo } from 'react';
import { useObservable } from '../observable/use-observable.ts';
import { storedInBrowser } from './browser-storage.ts';
import {
  type ChartSettings,
  INITIAL_STORED,
  isOwn,
  type SettingsOfChart,
  settingsOf,
  storedSettingsSchema,
  withOwn,
  withSettings,
} from './model/chart-settings.ts';

const stored = storedInBrowser('chart-settings', storedSettingsSchema, INITIAL_STORED);

/** The appearance of the charts of a coin; the same for all of them on the page. */
export function useChartSettings(coinId: string): SettingsOfChart {
  const all = useObservable(stored);
  const settings = settingsOf(all, coinId);
  const change = useCallback(
    (part: Partial<ChartSettings>) => {
      const before = stored.get();
      stored.set(withSettings(before, coinId, { ...settingsOf(before, coinId), ...part }));
    },
    [coinId],
  );
  const setOwn = useCallback((own: boolean) => stored.set(withOwn(stored.get(), coinId, own)), [coinId]);
  return useMemo(
    () => ({ settings, isOwn: isOwn(all, coinId), change, setOwn }),
    [settings, all, coinId, change, setOwn],
  );
}
