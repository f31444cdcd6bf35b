import { t } from '../../shared/messages/message.ts';
import classes from './drawing-tools.module.css';
import type { Drawing, DrawingAction } from './model/drawings.ts';

type DrawingToolsProps = {
  readonly drawing: Drawing;
  readonly dispatch: (action: DrawingAction) => void;
  /** Adds a rule for a level; null if rules cannot be added. */
  readonly onAlert: ((price: number) => void) | null;
};

/** The actions on the chosen drawing. */
export function DrawingTools({ drawing, dispatch, onAlert }: DrawingToolsProps) {
  return (
    <div className={classes.tools} role="toolbar" aria-label={t('draw.chosen')}>
      {drawing.kind === 'text' && (
        <input
          aria-label={t('draw.text')}
          key={drawing.id}
          defaultValue={drawing.text}
          maxLength={200}
          onBlur={({ currentTarget }) => {
            const text = currentTarget.value.trim();
            if (text !== '' && text !== drawing.text)
              dispatch({ type: 'change', drawing: { ...drawing, text } });
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.currentTarget.blur();
          }}
        />
      )}
      {drawing.kind === 'level' && onAlert !== null && (
        <button type="button" onClick={() => onAlert(drawing.from.price)}>
          {t('draw.alert')}
        </button>
      )}
      <button type="button" onClick={() => dispatch({ type: 'remove', id: drawing.id })}>
        {t('chart-tools.remove')}
      </button>
    </div>
  );
}
