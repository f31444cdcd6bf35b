import {
  DRAWING_KINDS,
  type DrawingAction,
  type DrawingHistory,
  type DrawingKind,
} from '../model/drawings.ts';
import { MenuButton } from './menu-button.tsx';
import classes from './toolbar.module.css';

const NAMES: Readonly<Record<DrawingKind, string>> = {
  level: 'Level',
  trend: 'Trend line',
  ray: 'Ray',
  rectangle: 'Rectangle',
  fibonacci: 'Fibonacci',
  text: 'Text',
};

type DrawMenuProps = {
  readonly tool: DrawingKind | null;
  readonly onTool: (tool: DrawingKind | null) => void;
  readonly history: DrawingHistory;
  readonly dispatch: (action: DrawingAction) => void;
};

/** The tools for drawing; one that was taken is used by a drag, or a click, on the chart. */
export function DrawMenu({ tool, onTool, history, dispatch }: DrawMenuProps) {
  return (
    <MenuButton label={tool === null ? 'Draw' : `Draw: ${NAMES[tool]}`} count={history.drawings.length}>
      <div className={classes.row}>
        {DRAWING_KINDS.map((kind) => (
          <button
            key={kind}
            type="button"
            className={classes.button}
            aria-pressed={tool === kind}
            onClick={() => onTool(tool === kind ? null : kind)}
          >
            {NAMES[kind]}
          </button>
        ))}
      </div>
      <div className={classes.row}>
        <button
          type="button"
          className={classes.button}
          disabled={history.past.length === 0}
          onClick={() => dispatch({ type: 'undo' })}
        >
          Undo
        </button>
        <button
          type="button"
          className={classes.button}
          disabled={history.future.length === 0}
          onClick={() => dispatch({ type: 'redo' })}
        >
          Redo
        </button>
        <button
          type="button"
          className={classes.button}
          disabled={history.drawings.length === 0}
          onClick={() => dispatch({ type: 'clear' })}
        >
          Remove all
        </button>
      </div>
      <p className={classes.hint}>
        Drag on the chart to draw; click for a level or a text. Delete removes, Ctrl+Z undoes.
      </p>
    </MenuButton>
  );
}
