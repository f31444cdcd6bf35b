/** A record of the log is not what was written. The message says how the damage was detected. */
export class DamagedRecord extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DamagedRecord';
  }
}
