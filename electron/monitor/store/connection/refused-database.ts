/**
 * The program cannot use this database until somebody changes something, there or in the settings. The message says what
 * is wrong and what to do. It is tried again, but slowly.
 */
export class RefusedDatabase extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RefusedDatabase';
  }
}
