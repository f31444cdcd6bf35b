import type { Message } from '../../../../shared/messages/message.ts';
import { FIRST_REFUSALS, type Refusal } from './import-options.ts';

/** Counts refused rows and keeps the first ones. */
export type Refusals = {
  add(line: number, reason: Message): void;
  count(): number;
  first(): readonly Refusal[];
};

export function createRefusals(onRefused: (refusal: Refusal) => void = () => undefined): Refusals {
  const first: Refusal[] = [];
  let count = 0;
  return {
    add(line, reason) {
      const refusal = { line, reason };
      count += 1;
      if (first.length < FIRST_REFUSALS) first.push(refusal);
      onRefused(refusal);
    },
    count: () => count,
    first: () => first,
  };
}
