/** An entry of the journal is not what was written. The message says how that was seen. */
export class DamagedEntry extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DamagedEntry';
  }
}
