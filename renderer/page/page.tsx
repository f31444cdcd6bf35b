import { useCallback } from 'react';
import type { Place } from '../../shared/contract/place.ts';
import type { Alert } from '../../shared/domain/alert.ts';
import { AlertPanel } from '../alerts/alert-panel.tsx';
import { useMonitor } from '../api/monitor-context.ts';
import { focusPart, useHostRequests } from '../api/use-host-requests.ts';
import { useReadOnly } from '../api/use-read-only.ts';
import { useSnapshot } from '../api/use-snapshot.ts';
import { ChartGrid } from '../chart/chart-grid.tsx';
import type { WantedLevel } from '../chart/model/wanted-level.ts';
import { useChartChoice } from '../chart/use-chart-choice.ts';
import { LazyPart } from '../parts/lazy-part.tsx';
import { PartBoundary } from '../parts/part-boundary.tsx';
import { boardShape, PriceBoard } from '../quotes/price-board.tsx';
import type { RulesStart } from '../rules/model/rules-start.ts';
import { DocumentTitle } from './document-title.tsx';
import { Header } from './header.tsx';
import { loadChannels, loadRules, loadSettings, loadTransfer } from './load-dialogs.ts';
import { Notices } from './notices.tsx';
import classes from './page.module.css';
import { RequestedNotice } from './requested-notice.tsx';
import { StatusLine } from './status-line.tsx';
import { useEscapeToHide } from './use-escape-to-hide.ts';
import { useGuardedDialog } from './use-guarded-dialog.ts';
import { Waiting } from './waiting.tsx';

/** The page: prices, the chosen coin's chart, alerts, and the status line. */
export function Page() {
  const { clock } = useMonitor();
  // Selects only the ids, so that a new price renders only the components that show it.
  const coins = useSnapshot(({ quotes }) => quotes.map(({ coinId }) => coinId).join(' '))?.split(' ');
  const vsCurrency = useSnapshot((snapshot) => snapshot.vsCurrency);
  const isReadOnly = useReadOnly();
  const [choice, dispatch, requested] = useChartChoice();
  const settings = useGuardedDialog<true>();
  const rules = useGuardedDialog<RulesStart>();
  const channels = useGuardedDialog<true>();
  const transfer = useGuardedDialog<true>();

  const chosenId = coins?.find((coinId) => coinId === choice.coinId) ?? coins?.[0];
  const chooseCoin = useCallback((coinId: string) => dispatch({ type: 'choose-coin', coinId }), [dispatch]);
  const showAlert = useCallback(
    (alert: Alert) => dispatch({ type: 'show-alert', alert, now: clock.now() }),
    [dispatch, clock],
  );
  const openSettings = (): void => settings.open(true);
  const openRules = rules.open;
  const showRulesOf = useCallback((coinId: string) => openRules({ show: 'list', coinId }), [openRules]);
  const showRule = useCallback((id: string) => openRules({ show: 'rule', id }), [openRules]);
  const openLevel = useCallback(
    ({ coinId, price }: WantedLevel) => openRules({ show: 'level', coinId, price }),
    [openRules],
  );
  useHostRequests((place: Place) => {
    const part = place.kind === 'part' ? place.part : null;
    const wanted = part === 'settings' ? settings : part === 'rules' ? rules : null;
    // Open dialogs other than the requested one are left one after the other.
    const others = [transfer, channels, rules, settings].filter((dialog) => dialog !== wanted);
    const show = (): void => {
      if (wanted === settings) openSettings();
      else if (wanted === rules) rules.open({ show: 'list', coinId: null });
      else if (place.kind === 'coin') chooseCoin(place.coinId);
      else if (place.kind === 'alert') showAlert(place.alert);
      else focusPart(place.part);
    };
    others.reduceRight((next, dialog) => () => dialog.leaveFor(next), show)();
  });
  useEscapeToHide(settings.isOpen || rules.isOpen || channels.isOpen || transfer.isOpen);

  return (
    <div className={classes.page}>
      <Header
        onOpenRules={() => rules.open({ show: 'list', coinId: null })}
        onOpenChannels={() => channels.open(true)}
        onOpenTransfer={() => transfer.open(true)}
        onOpenSettings={openSettings}
      />
      <Notices>
        {requested !== null && coins !== undefined && chosenId !== undefined && (
          <RequestedNotice
            requested={requested}
            coins={coins}
            shownId={chosenId}
            onOpenSettings={openSettings}
            onDismiss={() => dispatch({ type: 'dismiss-requested' })}
          />
        )}
      </Notices>
      {coins === undefined || vsCurrency === undefined || chosenId === undefined ? (
        <Waiting />
      ) : (
        <main className={classes.main} data-board={boardShape(coins.length)}>
          <DocumentTitle coinId={chosenId} />
          <PartBoundary part="prices">
            <PriceBoard chosenId={chosenId} onChoose={chooseCoin} onShowRules={showRulesOf} />
          </PartBoundary>
          <PartBoundary part="chart" resetKeys={[chosenId, choice.interval]}>
            <ChartGrid
              coinId={chosenId}
              vsCurrency={vsCurrency}
              choice={choice}
              dispatch={dispatch}
              {...(!isReadOnly && { onLevelWanted: openLevel })}
            />
          </PartBoundary>
          <PartBoundary part="alerts">
            <AlertPanel chosen={choice.alert} onShow={showAlert} onShowRule={showRule} />
          </PartBoundary>
        </main>
      )}
      <StatusLine />
      {transfer.isOpen && (
        <LazyPart
          part="transfer"
          load={loadTransfer}
          props={transfer.dialog}
          onClose={transfer.dialog.onDone}
        />
      )}
      {channels.isOpen && (
        <LazyPart
          part="channels"
          load={loadChannels}
          props={channels.dialog}
          onClose={channels.dialog.onDone}
        />
      )}
      {rules.start !== null && (
        <LazyPart
          part="rules"
          load={loadRules}
          props={{ ...rules.dialog, start: rules.start }}
          onClose={rules.dialog.onDone}
        />
      )}
      {settings.isOpen && (
        <LazyPart
          part="settings"
          load={loadSettings}
          props={settings.dialog}
          onClose={settings.dialog.onDone}
        />
      )}
    </div>
  );
}
