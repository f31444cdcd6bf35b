import type { Nested } from './nested.ts';

/** Why a file of the page is not served to a browser. */
export const pageServerTexts = {
  'page-server.no-path': () => 'This is not the path of a page.',
  'page-server.other-host': () => 'The host name of this request is unknown to the server.',
  'page-server.only-get': () => 'Only GET is served.',
  'page-server.no-token': () => 'Open the URL with the token that the program printed when it started.',
  'page-server.no-file': () => 'There is no such file.',
  'page-server.unreadable': () => 'The file cannot be read; the log of the monitor says why.',
};

/** Why a call of the page failed for reasons that no procedure of its own has. */
export const callTexts = {
  'call.no-request': () => 'This is not a valid request.',
  'call.other-frame': () => 'Only the main frame of the window may send requests.',
  'call.other-page': () => 'Only the page of this program may send requests.',
  'call.no-procedure': (p: { procedure: string }) => `There is no procedure "${p.procedure}".`,
  'call.wrong-input': (p: { faults: readonly Nested[] }) => p.faults.join('; '),
  'call.wrong-field': (p: { path: string; fault: Nested }) => `${p.path} ${p.fault}`.trim(),
  'call.too-many-candles': (p: { most: number }) => `is longer than ${p.most} candles`,
  'call.failed-inside': () => 'The monitor had an internal error; its log has the details.',
  'call.wrong-output': (p: { procedure: string }) =>
    `The monitor's response to "${p.procedure}" cannot be understood. Page and monitor may have different versions: reload the page.`,
  'call.connection-lost': () => 'The connection to the monitor was lost.',
  'call.read-only': () =>
    'This page shows an installation of several processes and changes nothing in it. Change the environment or settings.json of ' +
    'its processes, and restart them.',
  'call.removed-meanwhile': (p: { id: string }) =>
    `“${p.id}” was removed elsewhere since you opened it. Nothing was saved.`,
  'call.changed-meanwhile': (p: { id: string }) =>
    `“${p.id}” was changed elsewhere since you opened it, and your change conflicts with that. Nothing was saved: open it again.`,
  'call.no-connection': () => 'There is no connection to the monitor.',
  'call.no-answer': () => 'The monitor did not respond in time.',
};
