import { join } from 'node:path';
import { protocol } from 'electron';
import { packageRoot } from '../../../monitor/files/package-root.ts';
import { createPageFiles } from './page-files.ts';
import { PAGE_SCHEME } from './page-origin.ts';

/** Registers the page's scheme as standard and secure, so that it has an origin, storage and modules. Call it before the app is ready. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: PAGE_SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ]);
}

/** Serves the built page on its scheme. */
export function servePageFiles(): void {
  protocol.handle(PAGE_SCHEME, createPageFiles(join(packageRoot(), 'out/renderer')));
}
