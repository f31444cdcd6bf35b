import { type Dispatch, useEffect, useReducer } from 'react';
import { z } from 'zod';
import { intervalSchema } from '../../shared/domain/interval.ts';
import { type ChartAction, type ChartChoice, nextChoice } from './model/chart-choice.ts';
import { choiceOfLink } from './model/chart-link.ts';
import { LIVE_VIEW } from './model/chart-view.ts';

const STORAGE_KEY = 'chart-choice';
const rememberedSchema = z.object({ coinId: z.string().nullable(), interval: intervalSchema });

/** The user's choice; coin and interval are remembered for the next time the page is opened. */
export function useChartChoice(): readonly [ChartChoice, Dispatch<ChartAction>] {
  const [choice, dispatch] = useReducer(nextChoice, null, firstChoice);
  const { coinId, interval } = choice;

  useEffect(() => {
    window.localStorage.setItem(STORAGE_KEY, JSON.stringify({ coinId, interval }));
  }, [coinId, interval]);

  // A link that is opened where the page is open already changes its address alone.
  useEffect(() => {
    const show = (): void => {
      const linked = choiceOfLink(window.location.hash);
      if (linked !== null) dispatch({ type: 'become', ...linked });
    };
    window.addEventListener('hashchange', show);
    return () => window.removeEventListener('hashchange', show);
  }, []);

  return [choice, dispatch];
}

function firstChoice(): ChartChoice {
  return { ...remembered(), view: LIVE_VIEW, ...choiceOfLink(window.location.hash), alert: null };
}

function remembered(): z.infer<typeof rememberedSchema> {
  try {
    return rememberedSchema.parse(JSON.parse(window.localStorage.getItem(STORAGE_KEY) ?? ''));
  } catch {
    // Nothing is remembered yet, or it was written by another version: not worth more than the default.
    return { coinId: null, interval: '1m' };
  }
}
