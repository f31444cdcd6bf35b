import { useState } from 'react';
import type { BudgetStatus } from '../../shared/domain/budget-status.ts';
import classes from './status-line.module.css';
import { budgetWords } from './status-words.ts';

/** How often prices are asked for; a click tells why and how many calls that takes. */
export function BudgetPart({ budget }: { readonly budget: BudgetStatus }) {
  const [isOpen, setOpen] = useState(false);
  const { tone, text, detail } = budgetWords(budget);
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
