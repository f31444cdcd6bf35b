import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { scaledClock } from '../../electron/monitor/time/clock.ts';
import { environmentFor, until } from '../program.ts';

/** Ten polls a second, a minute of the program's time apart, so that the rule's cooldown is over at the next poll. */
const SPEED = 600;
const POLL_SECONDS = 60;
const LEVEL = 10_000;
const STEP = 30;
const RULE = { id: 'level', kind: 'level', params: { level: LEVEL, hysteresisPct: 0.1 }, cooldownMinutes: 1 };

export type LevelMarket = {
  readonly env: Readonly<Record<string, string>>;
  /** Makes bitcoin cross the level, and resolves when the price has been polled, which raises an alert. */
  cross(): Promise<void>;
  close(): Promise<void>;
};

/** Starts a market in which bitcoin raises an alert on demand, with the environment of a program that watches it. */
export async function startLevelMarket(folder: string): Promise<LevelMarket> {
  const origin = Date.now();
  const clock = scaledClock(SPEED, origin);
  const market: DemoServer = await startDemoServer({ clock, seed: 'level', jumpsPerDay: 0, record: true });
  let crossings = 0;
  const set = (): void =>
    void market.setPrice('bitcoin', {
      price: LEVEL + (crossings % 2 === 0 ? -STEP : STEP),
      lastUpdatedAt: clock.now(),
    });
  set();
  return {
    env: {
      ...environmentFor(folder, market.url, { speed: SPEED, origin, pollSeconds: POLL_SECONDS }),
      MONITOR_COINS: 'bitcoin',
      MONITOR_RULES: JSON.stringify([RULE]),
    },
    async cross() {
      // A crossing requires a known price on the other side of the level.
      const before = market.served().length;
      set();
      await until(() => market.served().length >= before + 2);
      crossings++;
      const after = market.served().length;
      set();
      await until(() => market.served().length >= after + 2);
    },
    close: () => market.close(),
  };
}
