import { setFlagsFromString } from 'node:v8';

/**
 * Makes V8 collect garbage earlier instead of taking more memory, for a program that runs beside others for months. By default V8
 * lets a heap of 20 MB with a high allocation rate, such as a thousand trades a second, grow to 170 MB; with this flag it stays
 * at 20 MB with the same CPU usage. V8 reads the flag whenever it computes the heap limit, so it also takes effect after the
 * start.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--optimize-for-size');
}
