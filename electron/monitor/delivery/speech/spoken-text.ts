import { alertMessage } from '../../../../shared/domain/alert-message.ts';
import { t, text } from '../../../../shared/messages/message.ts';
import type { RaisedAlert } from '../channel.ts';

/** More would be too long to listen to. */
const MAX_SPOKEN = 3;

/** The spoken text of some alerts. The coin is always named. */
export function spokenText(alerts: readonly RaisedAlert[]): string {
  const { move, missed } = alerts[0] ?? {};
  const rest = alerts.length - MAX_SPOKEN;
  return [
    ...(missed === undefined ? [] : [t('speech.missed', { reason: missed.reason, count: alerts.length })]),
    ...(move === undefined ? [] : [t('speech.market', move)]),
    ...alerts.slice(0, MAX_SPOKEN).map(sentenceOf),
    ...(rest > 0 ? [t('speech.more', { count: rest })] : []),
  ].join(' ');
}

function sentenceOf(alert: RaisedAlert): string {
  return t('speech.alert', {
    coinId: alert.coinId,
    changePct: alert.figures.changePct ?? null,
    what: text(alertMessage(alert)),
    isOver: alert.resolution !== undefined,
  });
}
