import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { FailureKind } from '../../../../shared/domain/delivery.ts';
import { formatExact } from '../../../../shared/format/local-time.ts';
import { formatSource } from '../../../../shared/format/name.ts';
import { type Message, message, t, verbatim } from '../../../../shared/messages/message.ts';
import { optionText } from '../../../../shared/messages/option-text.ts';
import type { RaisedAlert } from '../channel.ts';
import { channelKind } from '../channel-kind.ts';
import { type AlertChart, alertCharts } from '../chart/alert-charts.ts';
import { CHART_HEIGHT, CHART_WIDTH } from '../chart/chart-png.ts';
import { chatText } from '../chat-text.ts';
import { DeliveryError } from '../delivery-error.ts';
import { caFile, trustedAuthority } from './own-authority.ts';

/** E-mail over SMTP. A message that is sent again has the same Message-ID, by which mail programs recognize duplicates. */
export const email = channelKind({
  kind: 'email',
  isForPeople: true,
  options: z.strictObject({
    host: z.string().min(1).describe(optionText('option.smtp-server')),
    port: z.number().int().min(1).max(65_535).optional().describe(optionText('option.smtp-port')),
    security: z
      .enum(['starttls', 'tls', 'none'])
      .default('starttls')
      .describe(optionText('option.smtp-security')),
    caFile,
    user: z.string().optional(),
    password: z.string().optional(),
    from: z
      .string()
      .min(3)
      .meta({ examples: ['Prices <prices@example.com>'] }),
    to: z
      .array(z.string().min(3))
      .min(1)
      .meta({ examples: ['me@example.com'] }),
  }),
  secrets: ['password'],
  limits: { timeoutMs: 60_000, rate: { burst: 10, everyMs: 6_000 } },
  open({ host, port, security, caFile: file, user, password, from, to }, { clock, dataDir, candles }) {
    const server = {
      host,
      port: port ?? (security === 'tls' ? 465 : 587),
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      ...(user !== undefined && { auth: { user, pass: password ?? '' } }),
      connectionTimeout: 15_000,
      socketTimeout: 30_000,
      // A message must not include files or remote content.
      disableFileAccess: true,
      disableUrlAccess: true,
    };
    return {
      async deliver(alerts, signal) {
        const { createTransport } = await import('nodemailer');
        try {
          const transport = createTransport({ ...server, tls: await trustedAuthority(file, dataDir) });
          const charts = candles === undefined ? [] : await alertCharts(alerts, candles, { clock, signal });
          // If the attempt has timed out meanwhile, the message of the next one would repeat this one.
          signal.throwIfAborted();
          await transport.sendMail({ from, to, ...mailOf(alerts, charts) });
        } catch (cause) {
          throw failureOf(cause, host);
        }
      },
    };
  },
});

/** Servers reject a header with the ids of more alerts: there are then several headers. */
const MAX_IDS_PER_HEADER = 50;

/** Subject, plain text and HTML of alerts, with charts as parts of the message. */
function mailOf(alerts: readonly RaisedAlert[], charts: readonly AlertChart[]) {
  const { title, body } = chatText(alerts);
  const ids = alerts.map((alert) => alert.id);
  const id = createHash('sha256').update(ids.join()).digest('hex').slice(0, 32);
  const cidOf = (index: number): string => `chart-${index}-${id}@crypto-price-monitor`;
  const about = aboutText(alerts);
  const lines = body.split('\n').map((line) => `<p style="margin:4px 0">${escaped(line)}</p>`);
  const pictures = charts.map(
    ({ caption }, index) =>
      `<p style="margin:16px 0 4px"><img src="cid:${cidOf(index)}" width="${CHART_WIDTH}" height="${CHART_HEIGHT}"` +
      ` alt="${escaped(caption)}" style="max-width:100%;height:auto"></p>` +
      `<p style="margin:0;font-size:13px;opacity:.75">${escaped(caption)}</p>`,
  );
  return {
    subject: title,
    text: `${[body, about, ...charts.map(({ caption }) => caption)].join('\n')}\n`,
    // Without colors, so that it follows the light or dark theme of the mail program.
    html:
      '<!doctype html><html><head><meta name="color-scheme" content="light dark"></head>' +
      '<body style="font:15px/1.5 system-ui,sans-serif;margin:16px">' +
      `<h2 style="font-size:18px;line-height:1.3;margin:0 0 8px">${escaped(title)}</h2>${lines.join('')}` +
      `<p style="margin:8px 0 0;font-size:13px;opacity:.75">${escaped(about)}</p>${pictures.join('')}</body></html>`,
    attachments: charts.map(({ png }, index) => ({
      filename: `chart-${index + 1}.png`,
      contentType: 'image/png',
      contentDisposition: 'inline' as const,
      content: png,
      cid: cidOf(index),
    })),
    messageId: `<${id}@crypto-price-monitor>`,
    headers: { 'X-Alert-Ids': headersOf(ids) },
  };
}

/** All ids, in as many headers as necessary. */
function headersOf(ids: readonly string[]): string[] {
  const count = Math.ceil(ids.length / MAX_IDS_PER_HEADER);
  return Array.from({ length: count }, (_, index) =>
    ids.slice(index * MAX_IDS_PER_HEADER, (index + 1) * MAX_IDS_PER_HEADER).join(' '),
  );
}

/** The time, as a mail may be read much later; for a single alert also the source of the prices, and the rule. */
function aboutText(alerts: readonly RaisedAlert[]): string {
  const [first] = alerts;
  if (first !== undefined && alerts.length === 1) {
    const { observedAt, source, rule, severity } = first;
    return t('mail.about', { at: formatExact(observedAt), source: formatSource(source), rule, severity });
  }
  const times = alerts.map(({ observedAt }) => observedAt);
  return t('mail.times', {
    from: formatExact(Math.min(...times)),
    to: formatExact(Math.max(...times)),
  });
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/**
 * Sources of the codes: nodemailer.com/errors, and RFC 5321, 4.2.1: 4yz is transient, 5yz permanent. Nodemailer replaces
 * OpenSSL's code with its own, but keeps OpenSSL's text.
 */
function failureOf(cause: unknown, host: string): DeliveryError {
  if (cause instanceof DeliveryError) return cause;
  const { code, responseCode, message: errorText } = cause as SmtpError;
  const failed = (kind: FailureKind, content: Message) => new DeliveryError(kind, content, { cause });
  if (code === 'EAUTH')
    return failed('refused', message('delivery.login-refused', { host, said: errorText }));
  if (/self.signed|unable to (get|verify)/i.test(errorText)) {
    return failed('certificate', message('delivery.unknown-authority', { host, reason: errorText }));
  }
  const kind = responseCode !== undefined && responseCode >= 500 ? 'rejected' : 'unreachable';
  return failed(/certificate/i.test(errorText) ? 'certificate' : kind, verbatim(`${host}: ${errorText}`));
}

type SmtpError = { readonly code?: string; readonly responseCode?: number; readonly message: string };
