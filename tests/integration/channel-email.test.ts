import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import type { PastCandle } from '../../shared/domain/past-candle.ts';
import { documentedOptions } from '../documented-channels.ts';
import { channelOf, deliver, failureOf, raisedAlert } from './channel-fixture.ts';
import { AUTHORITY, SIGNED } from './signed-certificates.ts';

const servers: SMTPServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise<void>((resolve) => server.close(resolve));
});

/** Starts a mail server that records received messages. */
async function startMailServer(options: SMTPServerOptions = {}) {
  const mails: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    // Uses a self-signed certificate, which is not trusted.
    onAuth({ username, password }, _session, callback) {
      if (username === 'me' && password === 'planted-password') callback(null, { user: username });
      else callback(new Error(`no entry with ${password}`));
    },
    onData(stream, _session, callback) {
      let mail = '';
      stream.setEncoding('utf8').on('data', (text: string) => {
        mail += text;
      });
      stream.on('end', () => {
        mails.push(mail);
        callback();
      });
    },
    ...options,
  });
  // A client that does not trust the certificate aborts the handshake.
  server.on('error', () => undefined);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.server.address() as AddressInfo).port, mails };
}

const ADDRESSES = {
  host: '127.0.0.1',
  from: 'Prices <prices@example.com>',
  to: ['me@example.com', 'you@example.com'],
};

describe('e-mail', () => {
  it('has a subject, plain text and HTML, is sent to all recipients, and has the same id when it is repeated', async () => {
    const { port, mails } = await startMailServer();
    const channel = channelOf(
      'email',
      { ...documentedOptions('email'), host: ADDRESSES.host, to: ADDRESSES.to, port, security: 'none' },
      { password: 'planted-password' },
    );
    await deliver(channel, raisedAlert(1));
    await deliver(channel, raisedAlert(1));
    await deliver(channel, raisedAlert(2), raisedAlert(3, 'zcash'));
    await channel.close?.();
    expect(mails).toHaveLength(3);
    const ids = mails.map((mail) => /^Message-ID: (.*)\r$/im.exec(mail)?.[1]);
    expect(ids[0]).toMatch(/^<[0-9a-f]{32}@crypto-price-monitor>$/);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
    expect(mails[0]).toContain('To: me@example.com, you@example.com');
    expect(mails[0]).toContain('X-Alert-Ids: alert-1');
    expect(mails[0]).toContain('multipart/alternative');
    expect(mails[2]).toContain('X-Alert-Ids: alert-2 alert-3');
    expect(mails[2]).toMatch(/Zcash/);
  });

  it('contains the ids of all its alerts, however many there are', async () => {
    const { port, mails } = await startMailServer();
    const channel = channelOf('email', { ...ADDRESSES, port, security: 'none' }, {});
    const alerts = Array.from({ length: 120 }, (_, number) => raisedAlert(number));
    await deliver(channel, ...alerts);
    await channel.close?.();
    const headers = (mails[0] ?? '').matchAll(/^X-Alert-Ids: ((?:.|\r\n[ \t])*)\r\n(?![ \t])/gim);
    expect([...headers].flatMap(([, ids = '']) => ids.split(/\s+/))).toEqual(alerts.map(({ id }) => id));
  });

  it('includes a chart of the preceding hours, and is sent without one if prices cannot be read', async () => {
    const { port, mails } = await startMailServer();
    const minutes = (from: number): readonly PastCandle[] =>
      Array.from({ length: 360 }, (_, n) => {
        const open = 60_000 + 900 * Math.sin(n / 30);
        const close = 60_000 + 900 * Math.sin((n + 1) / 30);
        return {
          start: from + n * 60_000,
          lengthMs: 60_000,
          open,
          close,
          high: Math.max(open, close) + 40,
          low: Math.min(open, close) - 40,
          volume: null,
          tickCount: 1,
        };
      });
    const options = { ...ADDRESSES, port, security: 'none' };
    const channel = channelOf('email', { ...options, candles: async ({ from }) => minutes(from) });
    await deliver(channel, raisedAlert(1), raisedAlert(2), raisedAlert(3, 'zcash'));
    await channel.close?.();
    const away = channelOf('email', { ...options, candles: () => Promise.reject(new Error('no database')) });
    await deliver(away, raisedAlert(4));
    await away.close?.();
    const [mail = '', plain = ''] = mails;
    const cids = [...mail.matchAll(/^Content-ID: <(.*)>\r$/gim)].map(([, cid]) => cid);
    expect(cids).toHaveLength(2);
    const body = mail.replaceAll('=\r\n', '');
    for (const cid of cids) expect(body).toContain(`cid:${cid}`);
    expect(body).toMatch(/Bitcoin, \d\d:\d\d to \d\d:\d\d: lowest \$5\d,\d{3}\.\d\d, highest \$6\d,\d{3}/);
    // In the order of the alerts, one chart for the first alert of each coin.
    expect(body).toMatch(/Dashed: the alert at \$61,801\.00[\s\S]*Dashed: the alert at \$61,803\.00/);
    expect(body).toMatch(/\d{4}, \d\d:\d\d:01 \S+ to .*\d\d:\d\d:03/);
    const encoded = /Content-ID:[\s\S]*?\r\n\r\n([A-Za-z0-9+/=\r\n]+?)\r\n--/i.exec(mail)?.[1] ?? '';
    const { width, height, data, palette } = decode(Buffer.from(encoded, 'base64'));
    expect([width, height]).toEqual([1_008, 300]);
    const seen = new Set([...new Set(data)].map((index) => palette?.[index]?.join()));
    // The colours of the background, falling and rising candles, and the level of the alert.
    expect([...seen].toSorted()).toEqual(['0,0,0,0', '200,130,20,255', '214,66,52,255', '22,145,94,255']);
    expect(plain).not.toContain('Content-ID');
    expect(plain).toContain('X-Alert-Ids: alert-4');
    expect(plain.replaceAll('=\r\n', '')).toMatch(
      /:04 \S+ =C2=B7 Kraken =C2=B7 rule moving-average =C2=B7 warning/,
    );
  });

  it.each([
    ['refused', 'a wrong password', { user: 'me' }, {}, 'wrong-planted-password'],
    ['certificate', 'a certificate that nobody vouches for', { security: 'starttls' }, {}, undefined],
    ['unreachable', 'a server that is busy', {}, { code: 451 }, undefined],
    ['rejected', 'a recipient that does not exist', {}, { code: 550 }, undefined],
  ] as const)(
    'is %s at %s, without the password in the reason',
    async (kind, _, options, { code }: { code?: number }, password) => {
      const { port } = await startMailServer({
        ...(code !== undefined && {
          onRcptTo: (_address, _session, callback) =>
            callback(Object.assign(new Error('no'), { responseCode: code })),
        }),
      });
      const channel = channelOf(
        'email',
        { ...ADDRESSES, port, security: 'none', ...options },
        password === undefined ? {} : { password },
      );
      const error = await failureOf(deliver(channel, raisedAlert(1)));
      await channel.close?.();
      expect(error).toMatchObject({ kind });
      expect(error.message).not.toContain('planted');
    },
  );

  it.each(['starttls', 'tls'])(
    'is sent by %s to a server with a private certificate authority',
    async (security) => {
      const dataDir = mkdtempSync(join(tmpdir(), 'channel-email-'));
      writeFileSync(join(dataDir, 'authority.pem'), AUTHORITY);
      const { port, mails } = await startMailServer({ ...SIGNED.localhost, secure: security === 'tls' });
      const options = { ...ADDRESSES, host: 'localhost', port, security, user: 'me' };
      const secrets = { password: 'planted-password' };
      await deliver(
        channelOf('email', { ...options, caFile: 'authority.pem', dataDir }, secrets),
        raisedAlert(1),
      );
      expect(mails).toHaveLength(1);
      expect(await failureOf(deliver(channelOf('email', options, secrets), raisedAlert(2)))).toMatchObject({
        kind: 'certificate',
        message: expect.stringContaining('"caFile"'),
      });
      expect(mails).toHaveLength(1);
      rmSync(dataDir, { recursive: true });
    },
  );

  it('is unreachable if nothing listens', async () => {
    const channel = channelOf('email', { ...ADDRESSES, port: 9, security: 'none' });
    expect(await failureOf(deliver(channel, raisedAlert(1)))).toMatchObject({ kind: 'unreachable' });
    await channel.close?.();
  });
});
