import { describe, expect, it } from 'vitest';
import { virtualClock } from '../time/clock.ts';
import { createPriceThrottle } from './price-throttle.ts';

const AT = Date.UTC(2026, 0, 5, 12);

function start() {
  const clock = virtualClock(AT);
  const published: [number, string[]][] = [];
  const throttle = createPriceThrottle(clock, (coinIds) => published.push([clock.now() - AT, [...coinIds]]));
  return { clock, published, throttle };
}

describe('prices for the page', () => {
  it('are published immediately if none was before', () => {
    const { published, throttle } = start();
    throttle.changed(['bitcoin', 'zcash']);
    expect(published).toEqual([[0, ['bitcoin', 'zcash']]]);
  });

  it('are published at most four times a second per coin, and always the last one', async () => {
    const { clock, published, throttle } = start();
    for (let ms = 0; ms < 1_000; ms += 10) {
      throttle.changed(['bitcoin']);
      await clock.advance(10);
    }
    await clock.advance(1_000);
    expect(published.map(([at]) => at)).toEqual([0, 250, 500, 750, 1_000]);
  });

  it('of one coin do not wait for another', async () => {
    const { clock, published, throttle } = start();
    throttle.changed(['bitcoin']);
    await clock.advance(100);
    throttle.changed(['bitcoin', 'zcash']);
    await clock.advance(400);
    expect(published).toEqual([
      [0, ['bitcoin']],
      [100, ['zcash']],
      [250, ['bitcoin']],
    ]);
  });

  it('continue to be published after a silence', async () => {
    const { clock, published, throttle } = start();
    throttle.changed(['bitcoin']);
    await clock.advance(60_000);
    throttle.changed(['bitcoin']);
    throttle.changed(['bitcoin']);
    await clock.advance(60_000);
    expect(published.map(([at]) => at)).toEqual([0, 60_000, 60_250]);
  });

  it('are not published after a stop', async () => {
    const { clock, published, throttle } = start();
    throttle.changed(['bitcoin']);
    throttle.changed(['bitcoin']);
    throttle.stop();
    await clock.advance(1_000);
    expect(published).toHaveLength(1);
  });
});
