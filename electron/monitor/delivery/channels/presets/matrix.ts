import { createHash } from 'node:crypto';
import { z } from 'zod';
import { optionText } from '../../../../../shared/messages/option-text.ts';
import { cutBytes, plainText } from '../../chat-text.ts';
import { httpKind, jsonFields, jsonRequest, urlAt } from '../../http/http-kind.ts';

const limited = z.object({ errcode: z.literal('M_LIMIT_EXCEEDED'), retry_after_ms: z.number() });

/** Source: https://spec.matrix.org/latest/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid */
export const matrix = httpKind({
  kind: 'matrix',
  options: z.strictObject({
    homeserver: z.url().meta({ examples: ['https://matrix.org'] }),
    room: z
      .string()
      .startsWith('!', optionText('option.not-a-room'))
      .meta({ examples: ['!abc:matrix.org'] }),
    token: z.string().min(1).describe(optionText('option.bot-access-token')),
    allowPrivate: z.boolean().default(false).describe(optionText('option.allow-own-server')),
  }),
  secrets: ['token'],
  request({ homeserver, room, token, allowPrivate }, alerts) {
    // The server drops repeats with the same transaction id.
    const transaction = createHash('sha256')
      .update(alerts.map(({ id }) => id).join())
      .digest('hex');
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/send/m.room.message/${transaction}`;
    const headers = { authorization: `Bearer ${token}` };
    // An event has at most 65,536 bytes, including what the server adds.
    const message = { msgtype: 'm.text', body: cutBytes(plainText(alerts), 32_000) };
    return jsonRequest(urlAt(homeserver, path), message, { method: 'PUT', headers, allowPrivate });
  },
  // For servers before version 1.10 of the specification.
  waitMs: (response) => limited.safeParse(jsonFields(response)).data?.retry_after_ms,
});
