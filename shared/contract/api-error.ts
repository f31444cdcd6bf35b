import { z } from 'zod';
import { type Message, messageSchema } from '../messages/message.ts';
import { MessageError } from '../messages/message-error.ts';
import { type SettingIssue, settingIssueSchema } from '../settings/settings.ts';

/**
 * Why a call failed, for programs (`code`) and for people (`message`).
 * `bad-request`: the caller must change something. `unavailable`: the same call may work later. `conflict`: somebody else has
 * changed the same thing since the caller read it; read it again.
 * `failed`: a bug, logged by the monitor.
 */
export const apiErrorSchema = z.object({
  code: z.enum(['bad-request', 'conflict', 'unavailable', 'failed']),
  message: messageSchema,
  /** What is wrong with which settings, when a change of settings was refused. */
  issues: z.array(settingIssueSchema).readonly().optional(),
});
export type ApiErrorBody = Readonly<z.infer<typeof apiErrorSchema>>;

/** Thrown by the implementation of a procedure and, on the page, by the client that called it. */
export class ApiError extends MessageError {
  readonly code: ApiErrorBody['code'];
  readonly issues: readonly SettingIssue[];

  constructor(
    code: ApiErrorBody['code'],
    content: Message,
    {
      issues = [],
      ...options
    }: ErrorOptions & { readonly issues?: readonly SettingIssue[] | undefined } = {},
  ) {
    super(content, options);
    this.name = 'ApiError';
    this.code = code;
    this.issues = issues;
  }
}
