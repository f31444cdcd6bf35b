import { describe, expect, it } from 'vitest';
import type { Place } from '../../../../shared/contract/place.ts';
import { virtualClock } from '../../../monitor/time/clock.ts';
import type { Bounds, DesktopState } from '../state/desktop-state.ts';
import { keepWindow } from './persistent-window.ts';

type Listener = (...args: unknown[]) => void;

/** A window with a simulated user. */
function windowStandIn() {
  const listeners = new Map<string, Listener>();
  const pageListeners = new Map<string, Listener>();
  const on = (map: Map<string, Listener>) => (event: string, listener: Listener) => map.set(event, listener);
  const state = { visible: false, focused: false, minimized: false, destroyed: false, hides: 0 };
  let bounds: Bounds = { x: 0, y: 0, width: 800, height: 600 };
  const window = {
    on: on(listeners),
    webContents: { on: on(pageListeners) },
    show: () => {
      state.visible = true;
    },
    hide: () => {
      state.hides += 1;
      state.visible = false;
      state.focused = false;
    },
    focus: () => {
      state.focused = true;
    },
    restore: () => {
      state.minimized = false;
    },
    isMinimized: () => state.minimized,
    isMaximized: () => false,
    isVisible: () => state.visible,
    isFocused: () => state.focused,
    isDestroyed: () => state.destroyed,
    getNormalBounds: () => bounds,
  };
  return {
    window: window as unknown as Parameters<typeof keepWindow>[0]['window'],
    state,
    /** Returns whether this really closes the window. */
    close(): boolean {
      let prevented = false;
      listeners.get('close')?.({
        preventDefault: () => {
          prevented = true;
        },
      });
      return !prevented;
    },
    happens: (event: string) => listeners.get(event)?.(),
    pageHappens: (event: string, ...args: unknown[]) => pageListeners.get(event)?.({}, ...args),
    move: (next: Bounds) => {
      bounds = next;
    },
  };
}

function kept() {
  const standIn = windowStandIn();
  const shownPlaces: Place[] = [];
  const clock = virtualClock(0);
  const calls = { hidden: 0, focused: 0, sessionEnd: 0 };
  const pageEvents: string[] = [];
  let remembered: DesktopState = {
    bounds: null,
    isMaximized: false,
    wasToldAboutHiding: false,
  };
  const window = keepWindow({
    window: standIn.window,
    state: {
      current: () => remembered,
      change: (patch) => {
        remembered = { ...remembered, ...patch };
      },
    },
    recovery: {
      gone: ({ reason }) => pageEvents.push(`gone: ${reason}`),
      loaded: () => pageEvents.push('loaded'),
      failed: (reason) => pageEvents.push(`failed: ${reason}`),
      stop: () => pageEvents.push('stopped'),
    },
    clock,
    send: (place) => shownPlaces.push(place),
    onFocused: () => {
      calls.focused += 1;
    },
    onHidden: () => {
      calls.hidden += 1;
    },
    onSessionEnd: () => {
      calls.sessionEnd += 1;
    },
  });
  return { ...standIn, clock, kept: window, shownPlaces, calls, pageEvents, remembered: () => remembered };
}

const CHART: Place = { kind: 'coin', coinId: 'bitcoin' };

describe('the window', () => {
  it('is hidden when it is closed, and destroyed only when the app quits', () => {
    const { close, state, calls, kept: window } = kept();
    window.show(null);
    expect(state.visible).toBe(true);
    expect(close()).toBe(false);
    expect(state.visible).toBe(false);
    expect(calls.hidden).toBe(1);
    window.release();
    expect(close()).toBe(true);
  });

  it('is brought to the front, also when it was minimized', () => {
    const { state, kept: window } = kept();
    state.minimized = true;
    window.show(null);
    expect(state).toMatchObject({ visible: true, focused: true, minimized: false });
    expect(window.isFocused()).toBe(true);
  });

  it('shows the last place requested while its page was loading, and later ones immediately', () => {
    const { pageHappens, shownPlaces, kept: window } = kept();
    window.show({ kind: 'part', part: 'alerts' });
    window.show(CHART);
    expect(shownPlaces).toEqual([]);
    pageHappens('did-finish-load');
    expect(shownPlaces).toEqual([CHART]);
    window.show({ kind: 'part', part: 'prices' });
    expect(shownPlaces).toHaveLength(2);
  });

  it('delays a requested place again while a crashed page is reloaded', () => {
    const { pageHappens, shownPlaces, pageEvents, kept: window } = kept();
    pageHappens('did-finish-load');
    pageHappens('render-process-gone', { reason: 'crashed', exitCode: 1 });
    window.show(CHART);
    expect(shownPlaces).toEqual([]);
    pageHappens('did-finish-load');
    expect(shownPlaces).toEqual([CHART]);
    expect(pageEvents).toEqual(['loaded', 'gone: crashed', 'loaded']);
  });

  it('treats a failed load as a crash, but not an aborted one', () => {
    const { pageHappens, pageEvents } = kept();
    pageHappens('did-fail-load', -6, 'ERR_FILE_NOT_FOUND', 'app://monitor/', true);
    pageHappens('did-fail-load', -3, 'ERR_ABORTED', 'app://monitor/', true);
    pageHappens('did-fail-load', -6, 'ERR_FILE_NOT_FOUND', 'app://monitor/frame', false);
    expect(pageEvents).toEqual(['failed: ERR_FILE_NOT_FOUND (-6)']);
  });

  it('is hidden explicitly once its page is drawn, if it was never shown', async () => {
    const { clock, pageHappens, state } = kept();
    pageHappens('did-finish-load');
    await clock.advance(9_000);
    expect(state.hides).toBe(0);
    await clock.advance(1_000);
    expect(state.hides).toBe(1);
  });

  it.each(['before', 'after'])(
    'does not hide by itself when it was shown %s its page was loaded',
    async (when) => {
      const { clock, pageHappens, state, kept: window } = kept();
      if (when === 'before') window.show(null);
      pageHappens('did-finish-load');
      if (when === 'after') window.show(null);
      await clock.advance(60_000);
      expect(state).toMatchObject({ hides: 0, visible: true });
    },
  );

  it('restores its position', () => {
    const { move, happens, close, remembered } = kept();
    const bounds = { x: 10, y: 20, width: 900, height: 700 };
    move(bounds);
    happens('blur');
    expect(remembered().bounds).toEqual(bounds);
    const wider = { ...bounds, width: 1_000 };
    move(wider);
    close();
    expect(remembered().bounds).toEqual(wider);
  });

  it('reports the end of the session', () => {
    const { happens, calls } = kept();
    happens('session-end');
    expect(calls.sessionEnd).toBe(1);
  });
});
