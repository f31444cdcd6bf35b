import { formatCoinName } from '../../format/name.ts';

/** The spoken texts of the channel "speech", and its failures. */
export const speechTexts = {
  'speech.alert': (p: { coinId: string; changePct: number | null; what: string; isOver: boolean }) => {
    const coin = formatCoinName(p.coinId);
    if (p.isOver) return `${coin}: the alert is over.`;
    if (p.changePct === null) return `${coin}: ${p.what}.`;
    return `${coin} ${p.changePct < 0 ? 'down' : 'up'} ${Math.abs(p.changePct).toFixed(1)} percent.`;
  },
  'speech.missed': (p: { reason: keyof typeof WHILE_QUIET; count: number }) =>
    `${p.count === 1 ? 'One alert' : `${p.count} alerts`} ${WHILE_QUIET[p.reason]}.`,
  'speech.market': (p: { direction: 'up' | 'down'; coins: number; watched: number }) =>
    `The market ${p.direction === 'up' ? 'rises' : 'falls'}: ${p.coins} of ${p.watched} coins.`,
  'speech.more': (p: { count: number }) => `And ${p.count} more.`,
  'speech.no-program': (p: { programs: readonly string[] }) =>
    `No text-to-speech program was found. Install one of these: ${p.programs.join(', ')}.`,
  'speech.failed': (p: { program: string; reason: string }) => `${p.program} cannot speak: ${p.reason}`,
};

const WHILE_QUIET = { paused: 'while alerts were paused', 'quiet-hours': 'during quiet hours' };
