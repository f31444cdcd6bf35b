import { z } from 'zod';
import { optionText } from '../../../../../shared/messages/option-text.ts';
import { plainText } from '../../chat-text.ts';
import { httpKind, jsonRequest, refusedIf, urlAt } from '../../http/http-kind.ts';

/** A self-hosted signal-cli-rest-api server. Source: https://bbernhard.github.io/signal-cli-rest-api/ (POST /v2/send) */
export const signal = httpKind({
  kind: 'signal',
  options: z.strictObject({
    server: z.url().meta({ examples: ['http://127.0.0.1:8080'] }),
    number: z
      .string()
      .regex(/^\+\d+$/, optionText('option.not-a-phone-number'))
      .describe(optionText('option.phone-number')),
    recipients: z
      .array(z.string().min(1))
      .min(1, optionText('option.no-recipient'))
      .describe(optionText('option.signal-recipients')),
    allowPrivate: z.boolean().default(false).describe(optionText('option.allow-own-server')),
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
