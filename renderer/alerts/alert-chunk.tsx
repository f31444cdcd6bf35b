import { memo, type RefObject, useEffect, useRef } from 'react';
import type { Alert } from '../../shared/domain/alert.ts';
import { formatAge } from '../../shared/format/age.ts';
import { useMonitorTime } from '../api/use-monitor-time.ts';
import { AlertItem, type AlertItemProps } from './alert-item.tsx';
import type { AlertPage } from './alert-pages.ts';
import classes from './alert-panel.module.css';
import { chunksOf, isSameChunk } from './chunks.ts';
import { revealRow } from './reveal-row.ts';
import { useNearScreen } from './use-near-screen.ts';
import { useUnreadSet } from './use-unread.ts';

/** The callbacks that every alert of the list gets. */
export type AlertActions = Pick<AlertItemProps, 'onShow' | 'onSeen' | 'onShowRule' | 'onOnlyRule'>;

type SharedProps = {
  readonly actions: AlertActions;
  readonly chosenId: string | null;
  /** The chosen alert that was last scrolled to. */
  readonly revealed: RefObject<string | null>;
  readonly scroller: RefObject<HTMLElement | null>;
  /** Drawn before the browser has reported what is on screen. */
  readonly isFirst: boolean;
};

/** About the height of an alert, until it has been drawn. */
const ROW_PX = 73;

/** A page of alerts. It is rendered again only when its own page object changes. */
export const AlertPageRows = memo(function AlertPageRows({
  page,
  isFirst,
  ...shared
}: SharedProps & { readonly page: AlertPage }) {
  return chunksOf(page.alerts).map(({ id, alerts }, index) => (
    <AlertChunk key={id} {...shared} alerts={alerts} isFirst={isFirst && index === 0} />
  ));
});

type ChunkProps = SharedProps & { readonly alerts: readonly Alert[] };

/** Alerts that are drawn while they are near the screen, and otherwise replaced by an empty space of the same height. */
const AlertChunk = memo(
  function AlertChunk({ alerts, isFirst, revealed, ...shared }: ChunkProps) {
    const { chosenId, scroller } = shared;
    const list = useRef<HTMLOListElement>(null);
    const nearness = useNearScreen(list, scroller, isFirst);
    const { isNear } = nearness;
    useEffect(() => {
      if (chosenId === null) revealed.current = null;
      if (revealed.current === chosenId) return;
      const index = alerts.findIndex(({ id }) => id === chosenId);
      if (index < 0 || scroller.current === null || list.current === null) return;
      revealed.current = chosenId;
      return revealRow(scroller.current, list.current, index, ROW_PX);
    }, [chosenId, alerts, revealed, scroller]);
    return (
      <ol
        ref={list}
        className={classes.chunk}
        style={isNear ? undefined : { height: nearness.heightPx ?? alerts.length * ROW_PX }}
        aria-hidden={!isNear || undefined}
      >
        {isNear && <ChunkRows alerts={alerts} {...shared} />}
      </ol>
    );
  },
  ({ alerts: before, ...a }, { alerts: now, ...b }) =>
    isSameChunk(before, now) &&
    a.actions === b.actions &&
    a.chosenId === b.chosenId &&
    a.scroller === b.scroller,
);

/** The rows of a chunk, with one subscription to the clock for all of them. */
function ChunkRows({ alerts, chosenId, actions }: Omit<ChunkProps, 'isFirst' | 'scroller' | 'revealed'>) {
  const unread = useUnreadSet();
  const ages = useMonitorTime((now) =>
    alerts.map(({ observedAt }) => formatAge(now - observedAt)).join(SEPARATOR),
  ).split(SEPARATOR);
  return alerts.map((alert, index) => (
    <li key={alert.id}>
      <AlertItem
        alert={alert}
        age={ages[index] ?? ''}
        isChosen={alert.id === chosenId}
        isUnread={unread.has(alert.id)}
        {...actions}
      />
    </li>
  ));
}

const SEPARATOR = '\n';
