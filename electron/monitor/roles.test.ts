import { describe, expect, it } from 'vitest';
import { CLUSTER_ROLES, PARTS, partsOf, ROLES } from './roles.ts';

describe('the roles', () => {
  it('have every part: one process for all, and the processes of several together', () => {
    expect(ROLES.all).toEqual(PARTS);
    expect(partsOf(CLUSTER_ROLES)).toEqual(PARTS);
  });

  it('have parts in the order in which they start, each once', () => {
    expect(partsOf(['feed', 'store', 'serve', 'store'])).toEqual(['pages', 'store', 'sources']);
    for (const role of Object.keys(ROLES) as (keyof typeof ROLES)[])
      expect(partsOf([role])).toEqual(ROLES[role]);
  });
});
