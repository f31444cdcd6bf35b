import { useState } from 'react';
import { type Interval, intervalSchema } from '../../../shared/domain/interval.ts';
import { t } from '../../../shared/messages/message.ts';
import { MenuButton } from './menu-button.tsx';
import classes from './toolbar.module.css';

/** An input for any other interval: a number of minutes, hours, days or weeks. */
export function IntervalMenu({ onChoose }: { readonly onChoose: (interval: Interval) => void }) {
  const [isWrong, setWrong] = useState(false);
  return (
    <MenuButton label={t('interval.title')}>
      <form
        className={classes.row}
        onSubmit={(event) => {
          event.preventDefault();
          const given = intervalSchema.safeParse(new FormData(event.currentTarget).get('interval'));
          setWrong(!given.success);
          if (given.success) onChoose(given.data);
        }}
      >
        <label>
          {t('interval.of')}
          <input
            type="text"
            name="interval"
            placeholder="45m"
            size={6}
            autoComplete="off"
            aria-invalid={isWrong}
          />
        </label>
        <button type="submit" className={classes.button}>
          {t('interval.show')}
        </button>
      </form>
      <p className={isWrong ? classes.wrong : classes.hint} role={isWrong ? 'alert' : undefined}>
        {t('interval.how')}
      </p>
    </MenuButton>
  );
}
