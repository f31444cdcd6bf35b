import { useState } from 'react';
import type { BudgetStatus } from '../../shared/domain/budget-status.ts';
import { describeBudget } from './describe-status.ts';
import classes from './status-line.module.css';

/** The poll interval; a click shows the reason and the number of calls. */
export function BudgetPart({ budget }: { readonly budget: BudgetStatus }) {
  const [isOpen, setOpen] = useState(false);
  const { tone, text, detail } = describeBudget(budget);
  return (
    <span className={classes.part} data-part="budget" data-tone={tone}>
      <button
        type="button"
        className={classes.more}
        title={detail}
        aria-expanded={isOpen}
        onClick={() => setOpen((before) => !before)}
      >
        {isOpen ? detail : text}
      </button>
    </span>
  );
}
