import { type Dispatch, useEffect, useReducer } from 'react';
import { z } from 'zod';
import { intervalSchema } from '../../shared/domain/interval.ts';
import { type ChartAction, type ChartChoice, nextChoice } from './model/chart-choice.ts';
import { choiceOfLink, isChartLink } from './model/chart-link.ts';
import { LIVE_VIEW } from './model/chart-view.ts';

const STORAGE_KEY = 'chart-choice';
const rememberedSchema = z.object({ coinId: z.string().nullable(), interval: intervalSchema });

/** What a link or an alert has asked for: the chart of a coin, or one that does not exist. */
export type AskedChart = { readonly coinId: string } | 'none';

type State = {
  readonly choice: ChartChoice;
  /** Null when the user has chosen the coin that is shown. */
  readonly asked: AskedChart | null;
};
type Action =
  | ChartAction
  | { readonly type: 'open-link'; readonly hash: string }
  | { readonly type: 'dismiss-asked' };

/**
 * The user's choice; coin and interval are remembered for the next time the page is opened. What was asked for may be a chart that
 * the page cannot show, and has to say so.
 */
export function useChartChoice(): readonly [ChartChoice, Dispatch<Action>, AskedChart | null] {
  const [{ choice, asked }, dispatch] = useReducer(nextState, null, firstState);
  const { coinId, interval } = choice;

  useEffect(() => {
    window.localStorage.setItem(STORAGE_KEY, JSON.stringify({ coinId, interval }));
  }, [coinId, interval]);

  // A link that is opened where the page is open already changes its address alone.
  useEffect(() => {
    const show = (): void => dispatch({ type: 'open-link', hash: window.location.hash });
    window.addEventListener('hashchange', show);
    return () => window.removeEventListener('hashchange', show);
  }, []);

  return [choice, dispatch, asked];
}

function firstState(): State {
  const choice = { ...remembered(), view: LIVE_VIEW, alert: null };
  return nextState({ choice, asked: null }, { type: 'open-link', hash: window.location.hash });
}

function nextState(state: State, action: Action): State {
  const { choice, asked } = state;
  switch (action.type) {
    case 'open-link': {
      if (!isChartLink(action.hash)) return state;
      const linked = choiceOfLink(action.hash);
      if (linked === null) return { choice, asked: 'none' };
      return nextState(state, { type: 'become', ...linked });
    }
    case 'dismiss-asked':
      return { choice, asked: null };
    case 'choose-coin':
      return { choice: nextChoice(choice, action), asked: null };
    case 'become':
    case 'show-alert': {
      const next = nextChoice(choice, action);
      return { choice: next, asked: next.coinId === null ? null : { coinId: next.coinId } };
    }
    default:
      return { choice: nextChoice(choice, action), asked };
  }
}

function remembered(): z.infer<typeof rememberedSchema> {
  try {
    return rememberedSchema.parse(JSON.parse(window.localStorage.getItem(STORAGE_KEY) ?? ''));
  } catch {
    // Nothing is remembered yet, or it was written by another version: not worth more than the default.
    return { coinId: null, interval: '1m' };
  }
}
