import { z } from 'zod';
import { optionText } from '../../../../../shared/messages/option-text.ts';
import { chatText, cut, cutBytes } from '../../chat-text.ts';
import { httpKind, jsonRequest, refusedIf } from '../../http/http-kind.ts';

/**
 * A webhook of the Workflows app: Adaptive Cards only, up to 28 kB, four a second (its responses are not documented). Sources:
 * https://learn.microsoft.com/en-us/connectors/teams/,
 * https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
 */
export const teams = httpKind({
  kind: 'teams',
  options: z.strictObject({ url: z.url().describe(optionText('option.workflow-url')) }),
  secrets: ['url'],
  limits: { rate: { burst: 4, everyMs: 1_000 } },
  request({ url }, alerts) {
    const { title, body } = chatText(alerts);
    const content = {
      $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
      type: 'AdaptiveCard',
      version: '1.2',
      body: [
        { type: 'TextBlock', text: cut(title, 500), weight: 'bolder', wrap: true },
        // Two spaces end a line in the Markdown of a card.
        { type: 'TextBlock', text: cutBytes(body.replaceAll('\n', '  \n'), 20_000), wrap: true },
      ],
    };
    const contentType = 'application/vnd.microsoft.card.adaptive';
    return jsonRequest(url, { type: 'message', attachments: [{ contentType, contentUrl: null, content }] });
  },
  failureKind(response) {
    // The older webhooks, of connectors, respond 200 in this case, too.
    if (/returned HTTP error 429/.test(response.text)) return 'rate-limited';
    // The workflow is off, was deleted, or expects other fields.
    return refusedIf(/WorkflowTriggerIsNotEnabled|TriggerInputSchemaMismatch/)(response);
  },
});
