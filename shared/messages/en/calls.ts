import type { Nested } from './nested.ts';

/** Why a call of the page failed, as far as the contract itself is concerned. */
export const callTexts = {
  'call.no-request': () => 'This is not a valid request.',
  'call.no-procedure': (p: { procedure: string }) => `There is no procedure "${p.procedure}".`,
  'call.wrong-input': (p: { faults: readonly Nested[] }) => p.faults.join('; '),
  'call.wrong-field': (p: { path: string; fault: Nested }) => `${p.path} ${p.fault}`.trim(),
  'call.too-many-candles': (p: { most: number }) => `is longer than ${p.most} candles`,
  'call.failed-inside': () => 'The monitor failed; the reason is in its log.',
  'call.wrong-output': (p: { procedure: string }) =>
    `The monitor's response to "${p.procedure}" is not understood. Page and monitor may have different versions: reload the page.`,
  'call.connection-lost': () => 'The connection to the monitor was lost.',
  'call.no-connection': () => 'There is no connection to the monitor.',
  'call.no-answer': () => 'The monitor did not respond in time.',
};
