import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Message, message, text } from '../../../shared/messages/message.ts';
import type { Logger } from '../../monitor/logging/logger.ts';
import { CONTENT_SECURITY_POLICY } from '../page/content-security-policy.ts';
import { readPageFile } from '../page/page-file.ts';
import { type Access, requestTarget } from './access.ts';

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/**
 * Serves the page's files from `folder` to browsers that have the token, and returns an explanation to others. The returned
 * function never throws, whatever the request.
 */
export function createPages(folder: string, access: Access, log: Logger) {
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const target = requestTarget(request);
    if (target === null) return refuse(response, 400, message('page-server.no-path'));
    if (!access.hostIsOurs(request)) return refuse(response, 421, message('page-server.other-host'));
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return refuse(response, 405, message('page-server.only-get'));
    }
    const token = access.tokenInUrl(target);
    if (token === 'right') {
      // Removes the token from the address bar, and therefore from the history and from copied addresses.
      response.writeHead(303, {
        location: '/',
        'set-cookie': access.setCookie(request),
        'cache-control': 'no-store',
      });
      response.end();
      return;
    }
    if (token === 'wrong' || !access.hasCookie(request)) {
      return refuse(response, 401, message('page-server.no-token'));
    }
    const file = await readPageFile(folder, target.pathname);
    if (file === null) return refuse(response, 404, message('page-server.no-file'));
    response.writeHead(200, {
      'content-type': file.contentType,
      'content-length': file.body.length,
      'cache-control': cacheControl(target.pathname),
    });
    response.end(request.method === 'HEAD' ? undefined : file.body);
  };

  return (request: IncomingMessage, response: ServerResponse): void => {
    respond(request, response).catch((err: unknown) => {
      log.warn({ err, url: request.url }, 'a request for the page failed');
      if (response.headersSent) response.destroy();
      else refuse(response, 500, message('page-server.unreadable'));
    });
  };
}

/** Names of assets contain a hash of their content; the page itself has to be revalidated. */
function cacheControl(pathname: string): string {
  return pathname.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
}

function refuse(response: ServerResponse, status: number, reason: Message): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`${text(reason)}\n`);
}
