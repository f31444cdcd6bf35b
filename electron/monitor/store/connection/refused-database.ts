/**
 * The database cannot be used until somebody changes something there or in the settings. The message says what is
 * wrong and what to do. The program retries slowly.
 */
export class RefusedDatabase extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RefusedDatabase';
  }
}
