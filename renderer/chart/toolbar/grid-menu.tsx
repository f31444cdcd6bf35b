import { GRID_SIZES, type KeptGrid } from '../model/chart-grid.ts';
import { MenuButton } from './menu-button.tsx';
import classes from './toolbar.module.css';

/** The grid of charts and the way to change it. */
export type GridControl = { readonly grid: KeptGrid; readonly change: (part: Partial<KeptGrid>) => void };

const LINKS = [
  ['coin', 'The same coin'],
  ['interval', 'The same interval'],
  ['time', 'The same time'],
] as const;

/** How many charts there are, and what they have in common. */
export function GridMenu({ grid, change }: GridControl) {
  return (
    <MenuButton label="Charts" count={grid.size > 1 ? grid.size : 0}>
      <div className={classes.row}>
        {GRID_SIZES.map((size) => (
          <button
            key={size}
            type="button"
            className={classes.button}
            aria-pressed={grid.size === size}
            onClick={() => change({ size })}
          >
            {size === 1 ? 'One' : size === 2 ? 'Two' : 'Four'}
          </button>
        ))}
      </div>
      <fieldset disabled={grid.size === 1}>
        <legend>Charts have in common</legend>
        {LINKS.map(([link, name]) => (
          <label key={link}>
            <input
              type="checkbox"
              checked={grid.links[link]}
              onChange={({ currentTarget }) =>
                change({ links: { ...grid.links, [link]: currentTarget.checked } })
              }
            />
            {name}
          </label>
        ))}
      </fieldset>
    </MenuButton>
  );
}
