import { t } from '../../../shared/messages/message.ts';
import { GRID_SIZES, type StoredGrid } from '../model/chart-grid.ts';
import { MenuButton } from './menu-button.tsx';
import classes from './toolbar.module.css';

/** The grid of charts, and the function that changes it. */
export type GridControl = { readonly grid: StoredGrid; readonly change: (part: Partial<StoredGrid>) => void };

const LINKS = ['coin', 'interval', 'time'] as const;

/** A choice of the number of charts, and of their linked properties. */
export function GridMenu({ grid, change }: GridControl) {
  return (
    <MenuButton label={t('grid.title')} count={grid.size > 1 ? grid.size : 0}>
      <div className={classes.row}>
        {GRID_SIZES.map((size) => (
          <button
            key={size}
            type="button"
            className={classes.button}
            aria-pressed={grid.size === size}
            onClick={() => change({ size })}
          >
            {t('grid.size', { size })}
          </button>
        ))}
      </div>
      <fieldset disabled={grid.size === 1}>
        <legend>{t('grid.in-common')}</legend>
        {LINKS.map((link) => (
          <label key={link}>
            <input
              type="checkbox"
              checked={grid.links[link]}
              onChange={({ currentTarget }) =>
                change({ links: { ...grid.links, [link]: currentTarget.checked } })
              }
            />
            {t('grid.link', { link })}
          </label>
        ))}
      </fieldset>
    </MenuButton>
  );
}
