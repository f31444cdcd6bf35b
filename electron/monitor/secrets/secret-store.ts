import type { Message } from '../../../shared/messages/message.ts';
import { MessageError } from '../../../shared/messages/message-error.ts';
/** The secrets that the program can store. */
export const SECRET_NAMES = ['coingeckoApiKey', 'databasePassword', 'channelSecrets'] as const;
export type SecretName = (typeof SECRET_NAMES)[number];

/** Stores secrets between runs. Only the desktop host has one; elsewhere, secrets come from the environment. */
export type SecretStore = {
  /**
   * @returns null when there is no such secret
   * @throws SecretError when it exists and cannot be read, for example because the keyring is locked
   */
  get(name: SecretName): Promise<string | null>;
  /**
   * @returns `refused` when the secret could only be kept in plain form and the user does not want that
   * @throws SecretError when it cannot be written
   */
  set(name: SecretName, value: string): Promise<'kept' | 'refused'>;
  /** Removing a secret that does not exist is not an error. */
  remove(name: SecretName): Promise<void>;
};

/** A secret cannot be read or stored. The message names it and never contains it. */
export class SecretError extends MessageError {
  constructor(content: Message, options?: ErrorOptions) {
    super(content, options);
    this.name = 'SecretError';
  }
}
