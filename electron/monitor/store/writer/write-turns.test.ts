import type { PoolClient } from 'pg';
import { expect, it } from 'vitest';
import { createWriteTurns } from './write-turns.ts';

it('runs each part one at a time and in order, and continues when one fails or is aborted', async () => {
  const begun: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const pass = (name: string): Promise<void> => {
    const gate = Promise.withResolvers<void>();
    gates.set(name, gate);
    begun.push(name);
    return gate.promise;
  };
  const end = async (name: string, error?: Error): Promise<void> => {
    if (error === undefined) gates.get(name)?.resolve();
    else gates.get(name)?.reject(error);
    await new Promise<void>((resolve) => setImmediate(resolve));
  };
  let aborted = Promise.withResolvers<never>();
  const inTurn = createWriteTurns((work) => Promise.race([work({} as PoolClient), aborted.promise]));
  const write = (name: string): Promise<void> =>
    inTurn(async (_client, turns) => {
      await pass(`${name}, ticks`);
      await turns.beforeCandles();
      await pass(`${name}, candles`);
    });

  const written = ['a', 'b', 'c', 'd'].map(write);
  const settled = Promise.allSettled(written);
  await end('');
  expect(begun).toEqual(['a, ticks']);
  await end('a, ticks');
  expect(begun.toSorted()).toEqual(['a, candles', 'a, ticks', 'b, ticks']);
  await end('b, ticks');
  expect(begun.slice(3)).toEqual(['c, ticks']);
  await end('a, candles', new Error('the server is away'));
  await expect(written[0]).rejects.toThrow('the server is away');
  expect(begun.slice(4)).toEqual(['b, candles']);
  await end('c, ticks', new Error('a tick cannot be written'));
  expect(begun.slice(5)).toEqual(['d, ticks']);
  await end('d, ticks');
  expect(begun).toHaveLength(6);

  // One transaction folds candles and another waits for it; both are aborted and release their turns.
  aborted.reject(new Error('the program stops'));
  await settled;
  aborted = Promise.withResolvers();
  await inTurn(async (_client, turns) => turns.beforeCandles());
});
