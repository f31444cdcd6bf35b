import { t } from '../../../shared/messages/message.ts';
import { GRID_SIZES, type KeptGrid } from '../model/chart-grid.ts';
import { MenuButton } from './menu-button.tsx';
import classes from './toolbar.module.css';

/** The grid of charts and the way to change it. */
export type GridControl = { readonly grid: KeptGrid; readonly change: (part: Partial<KeptGrid>) => void };

const LINKS = ['coin', 'interval', 'time'] as const;

/** How many charts there are, and what they have in common. */
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
