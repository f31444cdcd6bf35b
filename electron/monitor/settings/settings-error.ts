import type { SettingIssue } from '../../../shared/settings/settings.ts';

/** A setting is wrong, or cannot be had or changed; the message says where it stands and what to do. */
export class SettingsError extends Error {
  /** Which settings are wrong and why, where the page can show it at their fields. */
  readonly issues: readonly SettingIssue[];

  constructor(
    message: string,
    { issues = [], ...options }: ErrorOptions & { readonly issues?: readonly SettingIssue[] } = {},
  ) {
    super(message, options);
    this.name = 'SettingsError';
    this.issues = issues;
  }
}
