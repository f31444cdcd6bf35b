import { z } from 'zod';
import { chatText } from '../../chat-text.ts';
import { httpKind, jsonRequest } from '../../http/http-kind.ts';

/**
 * A webhook of the Workflows app. Source:
 * https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
 */
export const teams = httpKind({
  kind: 'teams',
  options: z.strictObject({
    url: z.url().describe('Address of the workflow "Post to a channel when a webhook request is received"'),
  }),
  secrets: ['url'],
  limits: { rate: { burst: 4, everyMs: 1_000 } },
  request({ url }, alerts) {
    const { title, body } = chatText(alerts);
    // Two spaces end a line in the Markdown of a card.
    const lines = body.replaceAll('\n', '  \n');
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
              { type: 'TextBlock', text: title, weight: 'bolder', wrap: true },
              { type: 'TextBlock', text: lines, wrap: true },
            ],
          },
        },
      ],
    });
  },
});
