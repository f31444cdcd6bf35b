import { expect, it } from 'vitest';
import { virtualClock } from '../time/clock.ts';
import { createWritePace } from './write-pace.ts';

function paced() {
  const clock = virtualClock(0);
  const dueAt: number[] = [];
  const pace = createWritePace(clock);
  pace.onDue(() => dueAt.push(clock.now()));
  return { clock, dueAt, pace };
}

it('writes a batch immediately, and the next one five seconds after the queue was empty', async () => {
  const { clock, dueAt, pace } = paced();
  expect(pace.isDue()).toBe(true);
  pace.delay();
  expect(pace.isDue()).toBe(false);
  await clock.advance(4_999);
  expect(pace.isDue()).toBe(false);
  await clock.advance(1);
  expect(pace.isDue()).toBe(true);
  expect(dueAt).toEqual([5_000]);
});

it('ends a delay once', async () => {
  const { clock, dueAt, pace } = paced();
  pace.delay();
  await clock.advance(2_000);
  pace.endDelay();
  pace.endDelay();
  expect(pace.isDue()).toBe(true);
  await clock.advance(10_000);
  expect(dueAt).toEqual([2_000]);
});

it('counts a delay from its last start', async () => {
  const { clock, dueAt, pace } = paced();
  pace.delay();
  await clock.advance(3_000);
  pace.delay();
  await clock.advance(4_000);
  expect(dueAt).toEqual([]);
  await clock.advance(1_000);
  expect(dueAt).toEqual([8_000]);
});

it('calls no listener after it was stopped', async () => {
  const { clock, dueAt, pace } = paced();
  pace.delay();
  pace.stop();
  await clock.advance(10_000);
  expect(dueAt).toEqual([]);
});
