import type { Message } from '../messages/message.ts';
import type { Alert } from './alert.ts';

/**
 * What happened, without time and coin: the message `alert.<kind>`, with the rule's parameters, the alert's figures and its
 * direction. For a kind that this version does not know, `text` returns the code.
 */
export function alertMessage({ kind, params, figures, direction }: Alert): Message {
  // Alerts are stored and outlive versions, so the compiler cannot know their codes and parameters.
  return { code: `alert.${kind}`, params: { ...params, ...figures, direction } } as unknown as Message;
}
