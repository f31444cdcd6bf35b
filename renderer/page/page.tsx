import { lazy, Suspense, useCallback, useState } from 'react';
import type { Place } from '../../shared/api.ts';
import type { Alert } from '../../shared/domain.ts';
import { AlertPanel } from '../alerts/alert-panel.tsx';
import { useMonitor } from '../api/monitor-context.ts';
import { useSnapshot } from '../api/use-snapshot.ts';
import { ChartPanel } from '../chart/chart-panel.tsx';
import { useChartChoice } from '../chart/use-chart-choice.ts';
import { boardShape, PriceBoard } from '../quotes/price-board.tsx';
import { DocumentTitle } from './document-title.tsx';
import { Header } from './header.tsx';
import { Notices } from './notices.tsx';
import classes from './page.module.css';
import { StatusLine } from './status-line.tsx';
import { useEscapeToHide } from './use-escape-to-hide.ts';
import { focusPart, useHostRequests } from './use-host-requests.ts';
import { Waiting } from './waiting.tsx';

/** Opened seldom and made of many form parts: loaded when it is wanted. */
const SettingsDialog = lazy(() =>
  import('../settings/settings-dialog.tsx').then(({ SettingsDialog }) => ({ default: SettingsDialog })),
);

/** The one page: prices, the chosen coin's chart, alerts, and how the program is doing. */
export function Page() {
  const { clock } = useMonitor();
  const quotes = useSnapshot((snapshot) => snapshot.quotes);
  const vsCurrency = useSnapshot((snapshot) => snapshot.vsCurrency);
  const [choice, dispatch] = useChartChoice();
  const [isSettingsOpen, setSettingsOpen] = useState(false);

  const chosen = quotes?.find(({ coinId }) => coinId === choice.coinId) ?? quotes?.[0];
  const chooseCoin = useCallback((coinId: string) => dispatch({ type: 'choose-coin', coinId }), [dispatch]);
  const showAlert = useCallback(
    (alert: Alert) => dispatch({ type: 'show-alert', alert, now: clock.now() }),
    [dispatch, clock],
  );
  useHostRequests((place: Place) => {
    setSettingsOpen(place.kind === 'part' && place.part === 'settings');
    if (place.kind === 'coin') chooseCoin(place.coinId);
    else if (place.kind === 'alert') showAlert(place.alert);
    else focusPart(place.part);
  });
  useEscapeToHide(isSettingsOpen);

  return (
    <div className={classes.page}>
      <Header onOpenSettings={() => setSettingsOpen(true)} />
      <Notices />
      {quotes === undefined || vsCurrency === undefined || chosen === undefined ? (
        <Waiting />
      ) : (
        <main className={classes.main} data-board={boardShape(quotes.length)}>
          <DocumentTitle quote={chosen} />
          <PriceBoard quotes={quotes} chosenId={chosen.coinId} onChoose={chooseCoin} />
          <ChartPanel coinId={chosen.coinId} vsCurrency={vsCurrency} choice={choice} dispatch={dispatch} />
          <AlertPanel chosenId={choice.alert?.id ?? null} onShow={showAlert} />
        </main>
      )}
      <StatusLine />
      {isSettingsOpen && (
        <Suspense>
          <SettingsDialog onClose={() => setSettingsOpen(false)} />
        </Suspense>
      )}
    </div>
  );
}
