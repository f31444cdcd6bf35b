import '@mantine/core/styles/Popover.css';
import { Popover } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './toolbar.module.css';

type MenuButtonProps = {
  readonly label: string;
  /** The number of chosen items, shown next to the label. */
  readonly count?: number;
  readonly children: ReactNode;
};

/** A button that opens a small panel below it. */
export function MenuButton({ label, count = 0, children }: MenuButtonProps) {
  return (
    <Popover position="bottom-end" trapFocus returnFocus withinPortal shadow="md">
      <Popover.Target>
        <button type="button" className={classes.button}>
          {label}
          {count > 0 && <span className={classes.count}>{count}</span>}
        </button>
      </Popover.Target>
      <Popover.Dropdown className={classes.panel ?? ''}>{children}</Popover.Dropdown>
    </Popover>
  );
}
