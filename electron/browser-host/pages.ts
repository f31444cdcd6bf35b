import type { IncomingMessage, ServerResponse } from 'node:http';
import sirv from 'sirv';
import { CONTENT_SECURITY_POLICY } from '../content-security-policy.ts';
import type { Access } from './access.ts';

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** Serves the page's files from `folder` to browsers that have the token, and tells the others what they need. */
export function createPages(folder: string, access: Access) {
  const serve = sirv(folder, {
    etag: true,
    setHeaders: (response, path) => {
      // Names of assets hold a hash of their content; the page itself has to be asked for anew.
      const lasting = path.startsWith('/assets/');
      response.setHeader('cache-control', lasting ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });

  return (request: IncomingMessage, response: ServerResponse): void => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const refusal = refusalOf(request, access);
    if (refusal !== null) {
      refuse(response, refusal);
    } else if (access.tokenInUrl(request) === 'right') {
      // The token leaves the address bar, and with it the history and what is copied from it.
      response.writeHead(303, { location: '/', 'set-cookie': access.setCookie, 'cache-control': 'no-store' });
      response.end();
    } else {
      serve(request, response, () => refuse(response, { status: 404, text: 'There is no such file.' }));
    }
  };
}

type Refusal = { readonly status: number; readonly text: string };

function refusalOf(request: IncomingMessage, access: Access): Refusal | null {
  if (!access.hostIsOurs(request)) return { status: 421, text: 'This server answers only to 127.0.0.1.' };
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return { status: 405, text: 'Only GET is served.' };
  const token = access.tokenInUrl(request);
  if (token === 'right' || (token === null && access.hasCookie(request))) return null;
  return { status: 401, text: 'Open the URL with the token that the program printed when it started.' };
}

function refuse(response: ServerResponse, { status, text }: Refusal): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`${text}\n`);
}
