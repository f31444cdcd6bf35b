import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { FailureKind } from '../../../../shared/domain/delivery.ts';
import { verbatim } from '../../../../shared/messages/message.ts';
import type { RaisedAlert } from '../channel.ts';
import { channelKind } from '../channel-kind.ts';
import { chatText } from '../chat-text.ts';
import { DeliveryError } from '../delivery-error.ts';

/** E-mail over SMTP. Repeats of a message have the same Message-ID, by which mail programs recognise them. */
export const email = channelKind({
  kind: 'email',
  isForPeople: true,
  options: z.strictObject({
    host: z.string().min(1).describe('SMTP server'),
    port: z.number().int().min(1).max(65_535).optional().describe('587 with STARTTLS, 465 with TLS'),
    security: z
      .enum(['starttls', 'tls', 'none'])
      .default('starttls')
      .describe('"none" sends the password in the clear'),
    user: z.string().optional(),
    password: z.string().optional(),
    from: z.string().min(3).describe('e.g. Prices <prices@example.com>'),
    to: z.array(z.string().min(3)).min(1),
  }),
  secrets: ['password'],
  limits: { timeoutMs: 60_000, rate: { burst: 10, everyMs: 6_000 } },
  open({ host, port, security, user, password, from, to }) {
    const opened = import('nodemailer').then(({ createTransport }) =>
      createTransport({
        host,
        port: port ?? (security === 'tls' ? 465 : 587),
        secure: security === 'tls',
        requireTLS: security === 'starttls',
        ignoreTLS: security === 'none',
        ...(user !== undefined && { auth: { user, pass: password ?? '' } }),
        connectionTimeout: 15_000,
        socketTimeout: 30_000,
        // Neither files nor addresses are read for a message.
        disableFileAccess: true,
        disableUrlAccess: true,
      }),
    );
    return {
      async deliver(alerts) {
        const transport = await opened;
        try {
          await transport.sendMail({ from, to, ...mailOf(alerts) });
        } catch (cause) {
          throw failureOf(cause, host);
        }
      },
      close: async () => (await opened).close(),
    };
  },
});

/** Subject, plain text and HTML of some alerts. */
function mailOf(alerts: readonly RaisedAlert[]) {
  const { title, body } = chatText(alerts);
  const id = createHash('sha256')
    .update(alerts.map((alert) => alert.id).join())
    .digest('hex')
    .slice(0, 32);
  const lines = body.split('\n').map((line) => `<p>${escaped(line)}</p>`);
  return {
    subject: title,
    text: `${body}\n`,
    html: `<!doctype html><html><body><h2>${escaped(title)}</h2>${lines.join('')}</body></html>`,
    messageId: `<${id}@crypto-price-monitor>`,
    headers: { 'X-Alert-Ids': alerts.map((alert) => alert.id).join(' ') },
  };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * Sources of the codes: nodemailer.com/errors, and RFC 5321, 4.2.1: 4yz is transient, 5yz permanent. Nodemailer puts its own
 * code in the place of OpenSSL's, whose words are left.
 */
function failureOf(cause: unknown, host: string): DeliveryError {
  const { code, responseCode, message } = cause as { code?: string; responseCode?: number; message: string };
  const kind = (): FailureKind => {
    if (code === 'EAUTH') return 'refused';
    if (/certificate|self.signed/i.test(message)) return 'certificate';
    return responseCode !== undefined && responseCode >= 500 ? 'rejected' : 'unreachable';
  };
  return new DeliveryError(kind(), verbatim(`${host}: ${message}`), { cause });
}
