import type { Clock } from '../../../monitor/time/clock.ts';
import type { DesktopStateStore } from '../state/desktop-state.ts';
import { NO_PAUSE, type Pause, type PauseChoice, pauseAt, pauseOf } from '../state/pause.ts';

type AlertPauseParts = {
  readonly state: DesktopStateStore;
  readonly clock: Clock;
  /** The pause began, or ended, be it by itself. */
  readonly onChange: () => void;
};

export type AlertPause = {
  current(): Pause;
  pause(choice: PauseChoice): void;
  resume(): void;
  stop(): void;
};

/** The pause of alerts. It lasts over restarts; `onChange` is called when it ends. */
export function createAlertPause({ state, clock, onChange }: AlertPauseParts): AlertPause {
  let waiting = new AbortController();

  const waitForEnd = (): void => {
    waiting.abort();
    waiting = new AbortController();
    const { pause } = state.current();
    if (pause.kind !== 'until') return;
    clock.sleep(Math.max(0, pause.at - clock.now()), waiting.signal).then(onChange, () => undefined); // taken back
  };

  const set = (pause: Pause): void => {
    state.change({ pause });
    waitForEnd();
    onChange();
  };

  waitForEnd();

  return {
    current: () => pauseAt(state.current().pause, clock.now()),
    pause: (choice) => set(pauseOf(choice, clock.now())),
    resume: () => set(NO_PAUSE),
    stop: () => waiting.abort(),
  };
}
