/** A finding of Electronegativity that was reviewed and accepted. */
export type AcceptedFinding = {
  readonly id: string;
  /** The files of the finding; null for one about the whole app. */
  readonly file: string | null;
  readonly reason: string;
};

/** `npm run lint:electron` fails when one of these is no longer found, so that the list does not outlive its reasons. */
export const ACCEPTED_FINDINGS: readonly AcceptedFinding[] = [
  {
    id: 'CSP_GLOBAL_CHECK',
    file: null,
    reason:
      'It looks for a policy in a <meta> tag or in onHeadersReceived. Ours is a header of every response of the ' +
      "page's own scheme (electron/hosts/desktop/page/page-files.ts) and of the browser host, where frame-ancestors counts too.",
  },
  {
    id: 'OPEN_EXTERNAL_JS_CHECK',
    file: 'electron/hosts/desktop/page/guards.ts',
    reason: 'The only call, and only for https URLs of the hosts that are listed in the same file.',
  },
  {
    id: 'AUXCLICK_JS_CHECK',
    file: 'electron/hosts/desktop/window/window.ts',
    reason:
      'A middle click asks for a new window, which setWindowOpenHandler denies (electron/hosts/desktop/page/guards.ts). ' +
      'Switching off the Blink feature would go against point 10 of the checklist.',
  },
  {
    id: 'PRELOAD_JS_CHECK',
    file: 'electron/hosts/desktop/window/window.ts',
    reason:
      'The preload script was reviewed: it exposes the functions of `Bridge` and no object of Electron.',
  },
];
