import { t } from '../../../shared/messages/message.ts';
import {
  DRAWING_KINDS,
  type DrawingAction,
  type DrawingHistory,
  type DrawingKind,
} from '../model/drawings.ts';
import { MenuButton } from './menu-button.tsx';
import classes from './toolbar.module.css';

type DrawMenuProps = {
  readonly tool: DrawingKind | null;
  readonly onTool: (tool: DrawingKind | null) => void;
  readonly history: DrawingHistory;
  readonly dispatch: (action: DrawingAction) => void;
};

/** The drawing tools. The selected one is used by dragging or clicking on the chart. */
export function DrawMenu({ tool, onTool, history, dispatch }: DrawMenuProps) {
  return (
    <MenuButton
      label={tool === null ? t('draw.title') : t('draw.with', { kind: tool })}
      count={history.drawings.length}
    >
      <div className={classes.row}>
        {DRAWING_KINDS.map((kind) => (
          <button
            key={kind}
            type="button"
            className={classes.button}
            aria-pressed={tool === kind}
            onClick={() => onTool(tool === kind ? null : kind)}
          >
            {t('draw.kind', { kind })}
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
          {t('draw.undo')}
        </button>
        <button
          type="button"
          className={classes.button}
          disabled={history.future.length === 0}
          onClick={() => dispatch({ type: 'redo' })}
        >
          {t('draw.redo')}
        </button>
        <button
          type="button"
          className={classes.button}
          disabled={history.drawings.length === 0}
          onClick={() => dispatch({ type: 'clear' })}
        >
          {t('draw.clear')}
        </button>
      </div>
      <p className={classes.hint}>{t('draw.how')}</p>
    </MenuButton>
  );
}
