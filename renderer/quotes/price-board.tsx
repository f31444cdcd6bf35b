import { TextInput } from '@mantine/core';
import { IconBellCog } from '@tabler/icons-react';
import { type ComponentProps, memo, useDeferredValue, useState } from 'react';
import type { Quote } from '../../shared/domain/quote.ts';
import { formatCoinName } from '../../shared/format/name.ts';
import { t } from '../../shared/messages/message.ts';
import { useConnection } from '../api/use-connection.ts';
import { useSnapshot } from '../api/use-snapshot.ts';
import { oldAfterMs, outageOf } from './freshness.ts';
import classes from './price-board.module.css';
import { PriceCard } from './price-card.tsx';

/** More coins than this are shown as a list next to the chart instead of as cards above it. */
const MAX_CARDS = 12;

export type BoardShape = 'cards' | 'list';

/** The layout for this number of coins. */
export const boardShape = (coins: number): BoardShape => (coins > MAX_CARDS ? 'list' : 'cards');

type PriceBoardProps = {
  readonly chosenId: string;
  readonly onChoose: (coinId: string) => void;
  readonly onShowRules: (coinId: string) => void;
};

/** The prices of all coins: as cards, or as a searchable list when there are many. */
export function PriceBoard({ chosenId, onChoose, onShowRules }: PriceBoardProps) {
  const quotes = useSnapshot((snapshot) => snapshot.quotes) ?? NO_QUOTES;
  const connection = useConnection();
  const feed = useSnapshot((snapshot) => snapshot.status.feed);
  const pollSeconds =
    useSnapshot((snapshot) => snapshot.status.budget?.intervalSeconds ?? snapshot.pollSeconds) ?? 60;
  const windowMinutes = useSnapshot((snapshot) => snapshot.alertRule.windowMinutes) ?? 5;
  const [filter, setFilter] = useState('');
  const wanted = useDeferredValue(filter.trim().toLowerCase());

  const shape = boardShape(quotes.length);
  const shown = quotes.filter(({ coinId }) => coinId.includes(wanted) || nameContains(coinId, wanted));
  // Prices from an exchange do not depend on CoinGecko.
  const outage = { coingecko: outageOf(connection, feed), exchange: outageOf(connection, undefined) };
  return (
    <section
      className={classes.board}
      data-shape={shape}
      aria-label={t('quotes.title')}
      data-place="prices"
      tabIndex={-1}
    >
      {shape === 'list' && (
        <header className={classes.header}>
          <TextInput
            size="xs"
            type="search"
            aria-label={t('quotes.filter')}
            placeholder={t('quotes.filter-count', { count: quotes.length })}
            value={filter}
            onChange={(event) => setFilter(event.currentTarget.value)}
          />
          <p>{t('quotes.columns', { minutes: windowMinutes })}</p>
        </header>
      )}
      <ul className={classes.coins} data-shape={shape}>
        {shown.map((quote) => (
          <CoinOfBoard
            key={quote.coinId}
            quote={quote}
            shape={shape === 'list' ? 'row' : 'card'}
            windowMinutes={windowMinutes}
            isChosen={quote.coinId === chosenId}
            outage={isOfExchange(quote) ? outage.exchange : outage.coingecko}
            oldAfterMs={oldAfterMs(pollSeconds)}
            onChoose={onChoose}
            onShowRules={onShowRules}
          />
        ))}
      </ul>
      {shown.length === 0 && <p className={classes.none}>{t('quotes.no-match', { filter })}</p>}
    </section>
  );
}

type CoinOfBoardProps = ComponentProps<typeof PriceCard> & Pick<PriceBoardProps, 'onShowRules'>;

/** A coin's card, and the button for its rules. Rendered again only when its props change. */
const CoinOfBoard = memo(function CoinOfBoard({ onShowRules, ...card }: CoinOfBoardProps) {
  return (
    <li>
      <PriceCard {...card} />
      <RulesButton coinId={card.quote.coinId} onShowRules={onShowRules} />
    </li>
  );
});

type RulesButtonProps = Pick<PriceBoardProps, 'onShowRules'> & { readonly coinId: string };

/** Not rendered again for a new price. */
const RulesButton = memo(function RulesButton({ coinId, onShowRules }: RulesButtonProps) {
  return (
    <button
      type="button"
      className={classes.rules}
      aria-label={t('rules.title-coin', { coin: formatCoinName(coinId) })}
      title={t('rules.of-coin')}
      onClick={() => onShowRules(coinId)}
    >
      <IconBellCog size={15} stroke={1.6} />
    </button>
  );
});

const NO_QUOTES: readonly Quote[] = [];

const isOfExchange = ({ source }: Quote): boolean => source !== null && source !== 'coingecko';

const nameContains = (coinId: string, wanted: string): boolean =>
  formatCoinName(coinId).toLowerCase().includes(wanted);
