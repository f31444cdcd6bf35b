import { expect, it } from 'vitest';
import { createOpenParts } from './open-parts.ts';

it('closes parts once, in the reverse of the order in which they were opened', async () => {
  const parts = createOpenParts();
  const closed: [string, number][] = [];
  for (const name of ['log', 'store', 'sources'])
    expect(parts.add(name, async (part, timeoutMs) => void closed.push([part, timeoutMs]))).toBe(name);
  expect(parts.isClosing()).toBe(false);
  await parts.close(5);
  await parts.close(9);
  expect(parts.isClosing()).toBe(true);
  expect(closed).toEqual([
    ['sources', 5],
    ['store', 5],
    ['log', 5],
  ]);
});

it('closes the others when one fails, and passes on the first failure', async () => {
  const parts = createOpenParts();
  const closed: string[] = [];
  parts.add('log', (part) => closed.push(part));
  parts.add('store', () => {
    throw new Error('the store');
  });
  parts.add('sources', () => Promise.reject(new Error('the sources')));
  await expect(parts.close(0)).rejects.toThrow('the sources');
  expect(closed).toEqual(['log']);
});
