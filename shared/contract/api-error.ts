import { z } from 'zod';
import { type SettingIssue, settingIssueSchema } from '../settings/settings.ts';

/**
 * Why a call failed, for programs (`code`) and for people (`message`).
 * `bad-request`: the caller must change something. `unavailable`: the same call may work later.
 * `failed`: a fault of ours, logged on the monitor's side.
 */
export const apiErrorSchema = z.object({
  code: z.enum(['bad-request', 'unavailable', 'failed']),
  message: z.string(),
  /** Of a change of settings that was refused: what is wrong with which. */
  issues: z.array(settingIssueSchema).readonly().optional(),
});
export type ApiErrorBody = Readonly<z.infer<typeof apiErrorSchema>>;

/** Thrown by implementations and by the page's client alike. */
export class ApiError extends Error {
  readonly code: ApiErrorBody['code'];
  readonly issues: readonly SettingIssue[];

  constructor(
    code: ApiErrorBody['code'],
    message: string,
    {
      issues = [],
      ...options
    }: ErrorOptions & { readonly issues?: readonly SettingIssue[] | undefined } = {},
  ) {
    super(message, options);
    this.name = 'ApiError';
    this.code = code;
    this.issues = issues;
  }
}
