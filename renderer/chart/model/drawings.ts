import { z } from 'zod';

export const DRAWING_KINDS = ['level', 'trend', 'ray', 'rectangle', 'fibonacci', 'text'] as const;
export type DrawingKind = (typeof DRAWING_KINDS)[number];

const anchorSchema = z.object({ at: z.number(), price: z.number() });
/** A point on the chart, independent of the visible range. */
export type Anchor = Readonly<z.infer<typeof anchorSchema>>;

export const drawingSchema = z.object({
  id: z.number().int(),
  kind: z.enum(DRAWING_KINDS),
  from: anchorSchema,
  /** The same as `from` for a drawing with one point: a level, a text. */
  to: anchorSchema,
  text: z.string(),
});
export type Drawing = Readonly<z.infer<typeof drawingSchema>>;

/** The drawings of a chart, with those before each change and after each undone change. */
export type DrawingHistory = {
  readonly drawings: readonly Drawing[];
  readonly past: readonly (readonly Drawing[])[];
  readonly future: readonly (readonly Drawing[])[];
};

export type DrawingAction =
  | { readonly type: 'add'; readonly drawing: Omit<Drawing, 'id'> }
  | { readonly type: 'change'; readonly drawing: Drawing }
  | { readonly type: 'remove'; readonly id: number }
  | { readonly type: 'clear' }
  | { readonly type: 'undo' }
  | { readonly type: 'redo' };

/** The number of changes that can be undone. */
const MAX_UNDONE = 100;

export const emptyHistory = (drawings: readonly Drawing[]): DrawingHistory => ({
  drawings,
  past: [],
  future: [],
});

/** Whether a drawing of this kind has only one point, and is created by a click. */
export const isOfOnePlace = (kind: DrawingKind): boolean => kind === 'level' || kind === 'text';

/** The history after an action; the same object if there is nothing to change, undo or redo. */
export function nextDrawings(history: DrawingHistory, action: DrawingAction): DrawingHistory {
  const { drawings, past, future } = history;
  switch (action.type) {
    case 'add': {
      const id = Math.max(0, ...drawings.map((drawing) => drawing.id)) + 1;
      return changed(history, [...drawings, { ...action.drawing, id }]);
    }
    case 'change': {
      const index = drawings.findIndex(({ id }) => id === action.drawing.id);
      return index < 0 ? history : changed(history, drawings.with(index, action.drawing));
    }
    case 'remove': {
      const kept = drawings.filter(({ id }) => id !== action.id);
      return kept.length === drawings.length ? history : changed(history, kept);
    }
    case 'clear':
      return drawings.length === 0 ? history : changed(history, []);
    case 'undo': {
      const before = past.at(-1);
      if (before === undefined) return history;
      return { drawings: before, past: past.slice(0, -1), future: [drawings, ...future] };
    }
    case 'redo': {
      const [after, ...rest] = future;
      return after === undefined ? history : { drawings: after, past: [...past, drawings], future: rest };
    }
  }
}

function changed({ drawings, past }: DrawingHistory, next: readonly Drawing[]): DrawingHistory {
  return { drawings: next, past: [...past, drawings].slice(-MAX_UNDONE), future: [] };
}
