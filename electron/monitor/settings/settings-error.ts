import type { Message } from '../../../shared/messages/message.ts';
import { MessageError } from '../../../shared/messages/message-error.ts';
import type { SettingIssue } from '../../../shared/settings/settings.ts';

/** A setting is invalid, or cannot be read or changed; the message says where it is set and what to do. */
export class SettingsError extends MessageError {
  /** The invalid settings with the reasons, for display at their fields on the page. */
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

/** A flag of the command line is invalid. */
export class FlagError extends SettingsError {
  constructor(content: Message) {
    super(content);
    this.name = 'FlagError';
  }
}
