import type { Nested } from './nested.ts';

/** Why alerts cannot be delivered to a channel. */
export const deliveryTexts = {
  'delivery.timeout': (p: { seconds: number }) => `There was no answer within ${p.seconds} seconds.`,
  'delivery.answer': (p: { host: string; status: number; said: string }) =>
    `${p.host} answers ${p.status}${p.said === '' ? '.' : `: ${p.said}`}`,
  'delivery.redirect': (p: { host: string; status: number }) =>
    `${p.host} answers with a redirect (${p.status}).`,
  'delivery.bad-redirect': (p: { host: string; reason: Nested }) =>
    `${p.host} redirects to an address that is not allowed: ${p.reason}`,
  'delivery.not-https': () => 'The address is not an https:// URL.',
  'delivery.unencrypted': (p: { host: string }) => `${p.host} has to be an https:// URL.`,
  'delivery.private-address': (p: { host: string }) =>
    `${p.host} is an address of a private network. Set "allowPrivate" for this channel if that is meant.`,
  'delivery.untrusted': (p: { reason: Nested }) => `Cannot send: ${p.reason}.`,
  'delivery.unreachable': (p: { host: string; code: string | null }) =>
    `${p.host} cannot be reached${p.code === null ? '' : ` (${p.code})`}.`,
  'delivery.stopping': () => 'The program stops.',
};
