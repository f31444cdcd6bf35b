import type { Message } from '../../../shared/messages/message.ts';
import { MessageError } from '../../../shared/messages/message-error.ts';
import type { SettingIssue } from '../../../shared/settings/settings.ts';

/** A setting is wrong, or cannot be read or changed; the message says where it stands and what to do. */
export class SettingsError extends MessageError {
  /** Which settings are wrong and why, where the page can show it at their fields. */
  readonly issues: readonly SettingIssue[];

  constructor(
    content: Message,
    { issues = [], ...options }: ErrorOptions & { readonly issues?: readonly SettingIssue[] } = {},
  ) {
    super(content, options);
    this.name = 'SettingsError';
    this.issues = issues;
  }
}
