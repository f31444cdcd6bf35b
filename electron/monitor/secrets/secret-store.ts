/** What a user may entrust to the program. */
export const SECRET_NAMES = ['coingeckoApiKey', 'databasePassword'] as const;
export type SecretName = (typeof SECRET_NAMES)[number];

/** Keeps secrets between runs. A host has one; without a window, secrets come from the environment. */
export type SecretStore = {
  /**
   * @returns null when there is no such secret
   * @throws SecretError when it is there and cannot be read, e.g. because the keyring is locked
   */
  get(name: SecretName): Promise<string | null>;
  /**
   * @returns `refused` when the secret could only be kept in plain form and the user does not want that
   * @throws SecretError when it cannot be written
   */
  set(name: SecretName, value: string): Promise<'kept' | 'refused'>;
  /** Removing what is not there is no error. */
  remove(name: SecretName): Promise<void>;
};

/** A secret cannot be had or kept. The message names it and never shows it. */
export class SecretError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SecretError';
  }
}
