import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DrawingAction, emptyHistory, nextDrawings } from './drawings.ts';

const anchor = fc.record({ at: fc.nat(1_000), price: fc.integer({ min: 1, max: 1_000 }) });
const shape = fc.record({
  kind: fc.constantFrom('level' as const, 'trend' as const, 'text' as const),
  from: anchor,
  to: anchor,
  text: fc.string(),
});
const id = fc.integer({ min: 1, max: 6 });
const changes: fc.Arbitrary<DrawingAction> = fc.oneof(
  fc.record({ type: fc.constant('add' as const), drawing: shape }),
  fc.record({
    type: fc.constant('change' as const),
    drawing: fc.tuple(shape, id).map(([one, key]) => ({ ...one, id: key })),
  }),
  fc.record({ type: fc.constant('remove' as const), id }),
  fc.record({ type: fc.constant('clear' as const) }),
);
const historyAfter = (actions: readonly DrawingAction[]) => actions.reduce(nextDrawings, emptyHistory([]));

describe('drawings', () => {
  it('are undone and redone one change at a time', () => {
    fc.assert(
      fc.property(fc.array(changes, { maxLength: 30 }), (actions) => {
        const end = historyAfter(actions);
        let undone = end;
        for (const before of end.past.toReversed()) {
          undone = nextDrawings(undone, { type: 'undo' });
          expect(undone.drawings).toEqual(before);
        }
        expect(nextDrawings(undone, { type: 'undo' })).toBe(undone);
        while (undone.future.length > 0) undone = nextDrawings(undone, { type: 'redo' });
        expect(undone).toEqual(end);
      }),
    );
  });

  it('have distinct ids', () => {
    fc.assert(
      fc.property(fc.array(changes, { maxLength: 30 }), (actions) => {
        const ids = historyAfter(actions).drawings.map((drawing) => drawing.id);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });

  it('cannot be redone after another change', () => {
    const one = { kind: 'level', from: { at: 0, price: 1 }, to: { at: 0, price: 1 }, text: '' } as const;
    const history = historyAfter([
      { type: 'add', drawing: one },
      { type: 'undo' },
      { type: 'add', drawing: one },
    ]);
    expect(nextDrawings(history, { type: 'redo' })).toBe(history);
  });
});
