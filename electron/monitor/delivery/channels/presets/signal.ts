import { z } from 'zod';
import { plainText } from '../../chat-text.ts';
import { httpKind, jsonRequest, refusedIf, urlAt } from '../../http/http-kind.ts';

/** A self-hosted signal-cli-rest-api server. Source: https://bbernhard.github.io/signal-cli-rest-api/ (POST /v2/send) */
export const signal = httpKind({
  kind: 'signal',
  options: z.strictObject({
    server: z.url().describe('e.g. http://127.0.0.1:8080'),
    number: z
      .string()
      .regex(/^\+\d+$/, 'is not a number such as +4930123456')
      .describe('The registered number'),
    recipients: z.array(z.string().min(1)).min(1, 'names nobody').describe('Numbers, or ids of groups'),
    allowPrivate: z.boolean().default(false).describe('Allow a server in your own network'),
  }),
  request: ({ server, number, recipients, allowPrivate }, alerts) =>
    jsonRequest(
      urlAt(server, '/v2/send'),
      { message: plainText(alerts), number, recipients },
      { allowPrivate },
    ),
  // It responds 400 to any error, e.g. of the number's registration, so a 400 does not mean that the message is wrong.
  failureKind: refusedIf(/^/),
});
