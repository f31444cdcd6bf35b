import type { Nested } from './nested.ts';

const WHAT_TO_DO = {
  refused: 'Check the address and the key or password of this channel.',
  'rate-limited':
    'No action is needed: the channel waits as long as the service requests. A digest sends fewer messages.',
  unreachable:
    'Deliveries are retried automatically. If the problem persists, check the address and the network.',
  certificate: 'Check the address, and the certificate of the server.',
  rejected: 'The service does not accept this alert. Check the options of this channel.',
};

/** The page's dialog of channels. */
export const channelPageTexts = {
  'channels.title': () => 'Channels',
  'channels.discard-why': () => 'What you entered for this channel has not been saved.',
  'channels.close': () => 'Close channels',
  'channels.intro': () =>
    'Destinations of alerts. A failing channel does not delay the others, and gets the alerts that it missed when it works again.',
  'channels.empty': () =>
    'No other channel is set up yet. Add one to get alerts by chat, by e-mail or in another system.',
  'channels.add': () => 'Add channel',
  'channels.edit': () => 'Edit',
  'channels.edit-named': (p: { id: string }) => `Edit ${p.id}`,
  'channels.remove': () => 'Remove',
  'channels.remove-named': (p: { id: string }) => `Remove ${p.id}`,
  'channels.remove-really': (p: { waiting: number }) =>
    p.waiting === 0 ? 'Confirm removal' : `Remove and discard ${p.waiting} waiting`,
  'channels.test': () => 'Send test',
  'channels.test-named': (p: { id: string }) => `Send a test alert to ${p.id}`,
  'channels.tested': (p: { durationMs: number }) => `The test alert was delivered in ${p.durationMs} ms.`,
  'channels.test-failed': (p: { reason: Nested }) => `The test alert was not delivered. ${p.reason}`,
  'channels.send-again': (p: { count: number }) => `Send ${p.count} again`,
  'channels.dead-letters': (p: { count: number }) =>
    p.count === 1
      ? 'One alert could not be delivered (dead letter).'
      : `${p.count} alerts could not be delivered (dead letters).`,
  'channels.sent-again': (p: { count: number }) =>
    p.count === 1 ? 'One alert is being sent again.' : `${p.count} alerts are being sent again.`,
  'channels.off': () => 'Off',
  'channels.wrong': () => 'Invalid settings',
  'channels.not-open': () => 'Not open',
  'channels.failing': () => 'Failing',
  'channels.ready': () => 'Ready',
  'channels.working': () => 'Working',
  'channels.unused': () => 'No delivery since the start or its last change',
  'channels.last': (p: { age: string }) => `Last delivered ${p.age} ago`,
  'channels.waiting': (p: { count: number }) => `${p.count} waiting`,
  'channels.held': (p: { count: number }) => `${p.count} held for the summary`,
  'channels.since': (p: { age: string; attempts: number }) =>
    `Failing for ${p.age}, ${p.attempts === 1 ? 'one attempt' : `${p.attempts} attempts`}`,
  'channels.what-to-do': (p: { kind: keyof typeof WHAT_TO_DO }) => WHAT_TO_DO[p.kind],
  'channels.built-in': () => 'built in',
  'channels.unreadable': (p: { reason: Nested }) => `The channels cannot be read: ${p.reason}`,

  'channels.new-title': () => 'New channel',
  'channels.edit-title': (p: { id: string }) => `Channel ${p.id}`,
  'channels.kind': () => 'Kind',
  'channels.id': () => 'Name',
  'channels.id-hint': () => 'Lower-case letters, digits and dashes. It cannot be changed later.',
  'channels.enabled': () => 'Enabled',
  'channels.severity': () => 'From severity',
  'channels.severity-all': () => 'All alerts',
  'channels.coins': () => 'Coins',
  'channels.coins-hint': () => 'CoinGecko ids. Empty: all coins.',
  'channels.watchlist': () => 'Watchlist',
  'channels.watchlist-hint': () => 'Only coins of this list, as it is at the time of the alert',
  'channels.watchlist-none': () => 'None: all coins',
  'channels.rules': () => 'Rules',
  'channels.rules-hint': () => 'Rule ids. Empty: all rules.',
  'channels.digest': () => 'Digest, in minutes',
  'channels.digest-hint': () =>
    'Combines the alerts of this many minutes into one message. Empty: each is sent immediately.',
  'channels.which': () => 'Which alerts',
  'channels.save': () => 'Save channel',
  'channels.back': () => 'Back',
  'channels.allow-private': () => 'Allow private addresses',
  'channels.example': (p: { value: string }) => `e.g. ${p.value}`,
  'channels.default': (p: { value: string }) => `default: ${p.value}`,
  'channels.secret-kept': () => 'Stored. Enter a new one to replace it.',
  'channels.secret-environment': () => 'Set in the environment, which takes precedence.',
  'channels.secret-nowhere': (p: { variable: string }) =>
    `This host stores no secrets: set ${p.variable} in its environment.`,
  'channels.secret-forgotten': () => 'It is deleted when you save.',
  'channels.secret-forget': () => 'Forget secret',
  'channels.secret-forget-named': (p: { name: string }) => `Forget secret: ${p.name}`,
  'channels.secret-keep': () => 'Keep secret',
  'channels.secret-keep-named': (p: { name: string }) => `Keep secret: ${p.name}`,
  'channels.send-resolved': () => 'Also notify when an alert is over',
  'channels.send-resolved-hint': () => 'Includes its duration and the furthest price',
};
