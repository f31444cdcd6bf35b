import { type Dispatch, useEffect, useReducer } from 'react';
import { z } from 'zod';
import { intervalSchema } from '../../shared/domain/interval.ts';
import { type ChartAction, type ChartChoice, nextChoice } from './model/chart-choice.ts';
import { choiceOfLink, isChartLink } from './model/chart-link.ts';
import { LIVE_VIEW } from './model/chart-view.ts';

const STORAGE_KEY = 'chart-choice';
const rememberedSchema = z.object({ coinId: z.string().nullable(), interval: intervalSchema });

/** The chart that a link or an alert has requested: that of a coin, or `none` for an invalid link. */
export type RequestedChart = { readonly coinId: string } | 'none';

type State = {
  readonly choice: ChartChoice;
  /** Null if the user has chosen the coin. */
  readonly requested: RequestedChart | null;
};
type Action =
  | ChartAction
  | { readonly type: 'open-link'; readonly hash: string }
  | { readonly type: 'dismiss-requested' };

/**
 * The user's choice, of which coin and interval are stored for the next time the page is opened, and the requested chart, which the
 * page may not be able to show.
 */
export function useChartChoice(): readonly [ChartChoice, Dispatch<Action>, RequestedChart | null] {
  const [{ choice, requested }, dispatch] = useReducer(nextState, null, firstState);
  const { coinId, interval } = choice;

  useEffect(() => {
    window.localStorage.setItem(STORAGE_KEY, JSON.stringify({ coinId, interval }));
  }, [coinId, interval]);

  // Opening a link while the page is open only changes the hash of its address.
  useEffect(() => {
    const show = (): void => dispatch({ type: 'open-link', hash: window.location.hash });
    window.addEventListener('hashchange', show);
    return () => window.removeEventListener('hashchange', show);
  }, []);

  return [choice, dispatch, requested];
}

function firstState(): State {
  const choice = { ...remembered(), view: LIVE_VIEW, alert: null };
  return nextState({ choice, requested: null }, { type: 'open-link', hash: window.location.hash });
}

function nextState(state: State, action: Action): State {
  const { choice, requested } = state;
  switch (action.type) {
    case 'open-link': {
      if (!isChartLink(action.hash)) return state;
      const linked = choiceOfLink(action.hash);
      if (linked === null) return { choice, requested: 'none' };
      return nextState(state, { type: 'become', ...linked });
    }
    case 'dismiss-requested':
      return { choice, requested: null };
    case 'choose-coin':
      return { choice: nextChoice(choice, action), requested: null };
    case 'become':
    case 'show-alert': {
      const next = nextChoice(choice, action);
      return { choice: next, requested: next.coinId === null ? null : { coinId: next.coinId } };
    }
    default:
      return { choice: nextChoice(choice, action), requested };
  }
}

function remembered(): z.infer<typeof rememberedSchema> {
  try {
    return rememberedSchema.parse(JSON.parse(window.localStorage.getItem(STORAGE_KEY) ?? ''));
  } catch {
    // Nothing is stored yet, or it was written by an incompatible version.
    return { coinId: null, interval: '1m' };
  }
}
