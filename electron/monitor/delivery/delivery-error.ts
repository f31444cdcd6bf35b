import type { FailureKind } from '../../../shared/domain/delivery.ts';
import type { Message } from '../../../shared/messages/message.ts';
import { MessageError, messageOf } from '../../../shared/messages/message-error.ts';
export type DeliveryErrorOptions = ErrorOptions & {
  /** How long the channel requests to wait. */
  readonly retryAfterMs?: number | undefined;
  /** Ids of the alerts of this call that were delivered despite the failure. */
  readonly delivered?: readonly string[];
};

/** A delivery that failed. The message gives the user the reason, and contains no secret. */
export class DeliveryError extends MessageError {
  readonly kind: FailureKind;
  readonly retryAfterMs: number;
  readonly delivered: readonly string[];

  constructor(
    kind: FailureKind,
    content: Message,
    { retryAfterMs = 0, delivered = [], ...options }: DeliveryErrorOptions = {},
  ) {
    super(content, options);
    this.name = 'DeliveryError';
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
    this.delivered = delivered;
  }

  static from(cause: unknown): DeliveryError {
    if (cause instanceof DeliveryError) return cause;
    return new DeliveryError('unreachable', messageOf(cause), { cause });
  }
}
