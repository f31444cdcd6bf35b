import { formatCoinName } from '../../format/name.ts';
import type { Nested } from './nested.ts';

/** Pausing and muting alerts, on the page and in the tray. */
export const quietTexts = {
  'alerts.pause-for': (p: { choice: keyof typeof PAUSES }) => PAUSES[p.choice],
  'quiet.title': () => 'Quiet times',
  'quiet.now': (p: { reason: keyof typeof QUIET; until: string | null }) =>
    `${QUIET[p.reason]}${p.until === null ? '' : ` until ${p.until}`}. A summary follows.`,
  'quiet.hours': (p: { hours: string }) =>
    `Quiet hours are ${p.hours.replace('-', ' to ')}. Change them in Settings.`,
  'quiet.no-hours': () => 'Quiet hours can be set in Settings.',

  'mutes.subject': (p: { coin: string | null; rule: string | null; channel: string | null }) =>
    [
      ...(p.coin === null ? [] : [formatCoinName(p.coin)]),
      ...(p.rule === null ? [] : [`rule ${p.rule}`]),
      ...(p.channel === null ? [] : [`channel ${p.channel}`]),
    ].join(', '),
  'mutes.muted': (p: { what: string; until: string | null }) =>
    p.until === null ? `${p.what}: muted` : `${p.what}: muted until ${p.until}`,
  'mutes.mute-named': (p: { what: string }) => `Mute ${p.what} for 1 hour`,
  'mutes.mute': () => 'Mute for 1 hour',
  'mutes.unmute': () => 'Unmute',
  'mutes.unmute-named': (p: { what: string }) => `Unmute ${p.what}`,

  'deliveries.title': () => 'Deliveries',
  'deliveries.built-in': (p: { id: keyof typeof BUILT_IN }) => BUILT_IN[p.id],
  'deliveries.delivered': (p: { at: string }) => `Delivered ${p.at}`,
  'deliveries.pending': () => 'Waiting',
  'deliveries.held': (p: { reason: string; why: string | null }) =>
    `Held for the summary after ${p.reason === 'paused' ? 'the pause' : 'quiet hours'}${p.why === null ? '' : `, which could not be delivered yet: ${p.why}`}`,
  'deliveries.failed': (p: { attempts: number; at: string; why: string }) =>
    `Failed ${p.attempts === 1 ? 'once' : `${p.attempts} times, last`} ${p.at}: ${p.why}`,
  'deliveries.dead': (p: { at: string; why: string }) => `Dead letter since ${p.at}: ${p.why}`,
  'deliveries.skipped': (p: { reason: string }) => `Not sent: ${SKIPPED[p.reason] ?? p.reason}`,
  'deliveries.send-again': () => 'Send again',
  'deliveries.send-again-to': (p: { channel: string }) => `Send again to ${p.channel}`,
  'deliveries.not-open': () => 'The channel is not open.',
  'deliveries.none': () => 'No deliveries are recorded: the alert is too old, or went to no channel.',
  'deliveries.unreadable': (p: { reason: Nested }) => `Deliveries cannot be read: ${p.reason}`,
};

const PAUSES = {
  '15-minutes': 'For 15 minutes',
  '1-hour': 'For 1 hour',
  'until-tomorrow': 'Until tomorrow',
  'until-resumed': 'Until I resume',
};

const QUIET = { paused: 'Alerts are paused', 'quiet-hours': 'Alerts are held' };

const BUILT_IN = { 'alerts-file': 'alerts.txt', notification: 'Notification' };

const SKIPPED: Readonly<Record<string, string>> = {
  paused: 'alerts were paused, and the summary had larger ones',
  'quiet-hours': 'quiet hours, and the summary had larger ones',
  'too-old': 'it was too old by then',
  unsupported: 'the system has no notifications',
  'channel-removed': 'the channel was removed',
  muted: 'muted',
  inhibited: 'it only followed the leading coin',
  'market-move': 'part of a move of the market that was delivered',
};
