import { formatAge } from '../../../../shared/format/age.ts';
import { type Message, text } from '../../../../shared/messages/message.ts';
import { localTime } from './local-time.ts';
import type { TrayState } from './tray-state.ts';

/** What is out of the ordinary, one line each; none when all is well. */
export function statusLines(state: TrayState): readonly string[] {
  const { snapshot, pause, pageProblem } = state;
  return [
    feedLine(state),
    databaseLine(state),
    textOrNull(snapshot.status.alertsFile.error),
    pageProblem,
    pauseLine(),
  ].filter((line) => line !== null);

  function pauseLine(): string | null {
    if (pause.kind === 'until-resumed') return 'Alerts are paused';
    return pause.kind === 'until' ? `Alerts are paused until ${localTime(pause.at, state.now)}` : null;
  }
}

const textOrNull = (content: Message | null): string | null => (content === null ? null : text(content));

function feedLine({ snapshot: { status, now } }: TrayState): string | null {
  const { feed } = status;
  switch (feed.status) {
    case 'starting':
      return 'Waiting for the first prices';
    case 'live':
      return null;
    case 'stale':
      return `Prices are old: none has moved for ${formatAge(now - feed.since)}`;
    case 'rate-limited':
      return `The provider asks to wait until ${localTime(feed.until, now)}`;
    case 'offline':
      return `Offline for ${formatAge(now - feed.since)}`;
    case 'stopped':
      return 'The provider refuses to answer';
  }
}

function databaseLine({ snapshot: { status } }: TrayState): string | null {
  const { database } = status;
  if (database.status === 'down') return 'The database is away; prices wait on this disk';
  return database.status === 'refused' ? 'The database cannot be used; prices wait on this disk' : null;
}
