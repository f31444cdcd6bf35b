import type { ChannelKind } from './channel-kind.ts';
import { webhook } from './channels/webhook.ts';

/** Every kind of channel that a user can set up, in the order in which they are offered. */
export const CHANNEL_KINDS: readonly ChannelKind[] = [webhook];
