import { type Message, message, text } from '../../../../shared/messages/message.ts';
import { CONTENT_SECURITY_POLICY } from '../../page/content-security-policy.ts';
import { readPageFile } from '../../page/page-file.ts';
import { PAGE_HOST } from './page-origin.ts';

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;

/** Serves the page's files in `folder`, and nothing outside of it. */
export function createPageFiles(
  folder: string,
): (request: Pick<Request, 'url' | 'method'>) => Promise<Response> {
  return async ({ url, method }) => {
    if (method !== 'GET' && method !== 'HEAD') return refusal(405, message('page-server.only-get'));
    const parsed = URL.parse(url);
    const file = parsed?.host === PAGE_HOST ? await readPageFile(folder, parsed.pathname) : null;
    if (file === null) return refusal(404, message('page-server.no-file'));
    const headers = { ...HEADERS, 'content-type': file.contentType };
    return new Response(method === 'HEAD' ? null : file.body, { headers });
  };
}

function refusal(status: number, reason: Message): Response {
  return new Response(`${text(reason)}\n`, {
    status,
    headers: { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' },
  });
}
