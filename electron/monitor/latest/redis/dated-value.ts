import { crc32 } from 'node:zlib';

/** A value of Redis that this program did not write, or that is truncated. */
export class DamagedValue extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'DamagedValue';
  }
}

const SHAPE = /^(\d{1,10}) (\d{1,16}) (.*)$/s;

/**
 * A value with its time, as text: `<CRC-32 of the rest> <time> <JSON>`. The time is outside the JSON, so that a script on the
 * server can compare it.
 */
export function encodeDated(at: number, value: unknown): string {
  const dated = `${at} ${JSON.stringify(value)}`;
  return `${crc32(dated)} ${dated}`;
}

/** @throws DamagedValue when the text is not the output of `encodeDated` */
export function decodeDated(text: string): { readonly at: number; readonly value: unknown } {
  const [, sum, at, json] = SHAPE.exec(text) ?? [];
  if (sum === undefined || at === undefined || json === undefined)
    throw new DamagedValue('it does not have the form of a value');
  if (Number(sum) !== crc32(`${at} ${json}`)) throw new DamagedValue('its checksum is wrong');
  try {
    return { at: Number(at), value: JSON.parse(json) };
  } catch (cause) {
    throw new DamagedValue('it is not JSON', { cause });
  }
}
