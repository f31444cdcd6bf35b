import { z } from 'zod';
import { chatText, cut, cutBytes } from '../../chat-text.ts';
import { httpKind, jsonRequest } from '../../http/http-kind.ts';

/**
 * A webhook of the Workflows app: Adaptive Cards only, up to 28 kB, four a second (its responses are not documented). Sources:
 * https://learn.microsoft.com/en-us/connectors/teams/,
 * https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
 */
export const teams = httpKind({
  kind: 'teams',
  options: z.strictObject({ url: z.url().describe('URL of a workflow that posts webhook requests') }),
  secrets: ['url'],
  limits: { rate: { burst: 4, everyMs: 1_000 } },
  request({ url }, alerts) {
    const { title, body } = chatText(alerts);
    // Two spaces end a line in the Markdown of a card.
    const lines = cutBytes(body.replaceAll('\n', '  \n'), 20_000);
    return jsonRequest(url, {
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: {
            $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
            type: 'AdaptiveCard',
            version: '1.2',
            body: [
              { type: 'TextBlock', text: cut(title, 500), weight: 'bolder', wrap: true },
              { type: 'TextBlock', text: lines, wrap: true },
            ],
          },
        },
      ],
    });
  },
  // The older webhooks, of connectors, respond 200 in this case, too.
  failureKind: ({ text }) => (/returned HTTP error 429/.test(text) ? 'rate-limited' : undefined),
});
