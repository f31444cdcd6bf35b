import { useCallback, useMemo } from 'react';
import { useObservable } from '../observable/use-observable.ts';
import { storedInBrowser } from './browser-storage.ts';
import {
  type ChartSettings,
  INITIAL_KEPT,
  isOwn,
  keptSettingsSchema,
  type SettingsOfChart,
  settingsOf,
  withOwn,
  withSettings,
} from './model/chart-settings.ts';

const kept = storedInBrowser('chart-settings', keptSettingsSchema, INITIAL_KEPT);

/** How the chart of a coin looks; the same for all charts of the coin on the page. */
export function useChartSettings(coinId: string): SettingsOfChart {
  const all = useObservable(kept);
  const settings = settingsOf(all, coinId);
  const change = useCallback(
    (part: Partial<ChartSettings>) => {
      const before = kept.get();
      kept.set(withSettings(before, coinId, { ...settingsOf(before, coinId), ...part }));
    },
    [coinId],
  );
  const setOwn = useCallback((own: boolean) => kept.set(withOwn(kept.get(), coinId, own)), [coinId]);
  return useMemo(
    () => ({ settings, isOwn: isOwn(all, coinId), change, setOwn }),
    [settings, all, coinId, change, setOwn],
  );
}
