/** A setting is wrong, or cannot be had or changed; the message says where it stands and what to do. */
export class SettingsError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SettingsError';
  }
}
