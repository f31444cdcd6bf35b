/** A record of the log is not what was written. The message says how that was seen. */
export class DamagedRecord extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DamagedRecord';
  }
}
