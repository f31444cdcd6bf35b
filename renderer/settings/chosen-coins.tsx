import { ActionIcon } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconX } from '@tabler/icons-react';
import { type DragEvent, useState } from 'react';
import { formatCoinName } from '../../shared/format/name.ts';
import { t } from '../../shared/messages/message.ts';
import { moved } from './coin-order.ts';
import classes from './coin-picker.module.css';

type ChosenCoinsProps = {
  readonly coins: readonly string[];
  readonly disabled: boolean;
  readonly onChange: (coins: readonly string[]) => void;
};

/** The chosen coins, which can be moved by dragging or with buttons, and removed. */
export function ChosenCoins({ coins, disabled, onChange }: ChosenCoinsProps) {
  const [dragged, setDragged] = useState<string | null>(null);

  const dragOver = (event: DragEvent, place: number): void => {
    if (dragged === null) return;
    event.preventDefault();
    const from = coins.indexOf(dragged);
    if (from !== place) onChange(moved(coins, from, place));
  };

  return (
    <ol className={classes.chosen} aria-label={t('coins.watched')}>
      {coins.map((coin, place) => {
        const button = (label: string, isOff: boolean, next: readonly string[]) => ({
          'aria-label': label,
          disabled: disabled || isOff,
          onClick: () => onChange(next),
          variant: 'subtle',
          color: 'gray',
          size: 'sm',
        });
        return (
          <li
            key={coin}
            data-dragged={coin === dragged || undefined}
            draggable={!disabled}
            onDragStart={() => setDragged(coin)}
            onDragOver={(event) => dragOver(event, place)}
            onDragEnd={() => setDragged(null)}
          >
            <span>{formatCoinName(coin)}</span>
            <span className={classes.id}>{coin}</span>
            <ActionIcon
              {...button(t('coins.move-up', { coinId: coin }), place === 0, moved(coins, place, place - 1))}
            >
              <IconArrowUp size={14} />
            </ActionIcon>
            <ActionIcon
              {...button(
                t('coins.move-down', { coinId: coin }),
                place === coins.length - 1,
                moved(coins, place, place + 1),
              )}
            >
              <IconArrowDown size={14} />
            </ActionIcon>
            <ActionIcon {...button(t('coins.remove', { coinId: coin }), false, coins.toSpliced(place, 1))}>
              <IconX size={14} />
            </ActionIcon>
          </li>
        );
      })}
    </ol>
  );
}
