import { formatMoment } from '../../../../shared/format/local-time.ts';
import { type Message, message, text } from '../../../../shared/messages/message.ts';
import type { TrayState } from './tray-state.ts';

/** Problems and unusual states, one line each; empty when there are none. */
export function statusLines(state: TrayState): readonly string[] {
  const { snapshot, pageProblem } = state;
  return [
    feedLine(state),
    databaseLine(state),
    snapshot.status.alertsFile?.error ?? null,
    pageProblem,
    quietLine(state),
  ].flatMap((line) => (line === null ? [] : [text(line)]));
}

function feedLine({ snapshot: { status, now } }: TrayState): Message | null {
  const { feed } = status;
  switch (feed.status) {
    case 'starting':
      return message('tray.starting');
    case 'live':
      return null;
    case 'stale':
      return message('tray.stale', { forMs: now - feed.since });
    case 'rate-limited':
      return message('tray.rate-limited', { until: formatMoment(feed.until, now) });
    case 'offline':
      return message('tray.offline', { forMs: now - feed.since });
    case 'stopped':
      return message('tray.stopped');
  }
}

function databaseLine({ snapshot: { status } }: TrayState): Message | null {
  const { database } = status;
  if (database.status === 'down') return message('tray.database-down');
  return database.status === 'refused' ? message('tray.database-refused') : null;
}

function quietLine({ snapshot, now }: TrayState): Message | null {
  const { quiet } = snapshot.status;
  if (quiet === undefined) return null;
  const { reason, until } = quiet;
  return message('tray.quiet', { reason, until: until === null ? null : formatMoment(until, now) });
}
