/** The speed of a drag, and its decrease after the release. */
export type Fling = {
  begin(x: number, at: number): void;
  move(x: number, at: number): void;
  /** Returns the speed in pixels per millisecond as a function of the milliseconds since the release at `at`; 0 from the stop on. */
  end(at: number): (ms: number) => number;
};

/** A pointer that stops for this long before it is released does not fling. */
const MEMORY_MS = 100;
const FADE_MS = 220;
const MIN_SPEED = 0.02;
const MAX_SPEED = 6;

export function createFling(): Fling {
  let points: { readonly x: number; readonly at: number }[] = [];
  return {
    begin(x, at) {
      points = [{ x, at }];
    },
    move(x, at) {
      points = [...points.filter((point) => at - point.at < MEMORY_MS), { x, at }];
    },
    end(at) {
      const recent = points.filter((point) => at - point.at < MEMORY_MS);
      const [first, last] = [recent[0], recent.at(-1)];
      points = [];
      if (first === undefined || last === undefined || last.at - first.at < 1) return () => 0;
      const speed = (last.x - first.x) / (last.at - first.at);
      const begun = Math.sign(speed) * Math.min(MAX_SPEED, Math.abs(speed));
      return (ms) => {
        const now = begun * Math.exp(-ms / FADE_MS);
        return Math.abs(now) < MIN_SPEED ? 0 : now;
      };
    },
  };
}
