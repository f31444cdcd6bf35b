import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { text, verbatim } from '../../../shared/messages/message.ts';
import { channelSettingSchema } from '../../../shared/settings/channel-setting.ts';
import { alert, NOW } from '../log/log-fixture.ts';
import { virtualClock } from '../time/clock.ts';
import { channelKind } from './channel-kind.ts';
import { redact, secretVariable } from './channel-secrets.ts';
import { DeliveryError } from './delivery-error.ts';
import { type OpenChannelOptions, openChannel } from './open-channel.ts';
import { createUserChannels } from './user-channels.ts';

/** A kind whose errors contain its secrets. */
const leaky = channelKind({
  kind: 'leaky',
  options: z.strictObject({ room: z.string('must be a name'), token: z.string().min(8) }),
  secrets: ['token'],
  open: (options) => ({
    async deliver() {
      throw new DeliveryError('refused', verbatim(`no entry with ${options.token} to ${options.room}`), {
        retryAfterMs: 5,
        delivered: ['a'],
        cause: new Error(options.token),
      });
    },
  }),
});

/** A kind whose options have no descriptions. */
const plain = channelKind({
  kind: 'plain',
  options: z.object({ place: z.string() }),
  open: () => ({ deliver: async () => undefined }),
});

const setting = (input: object) => channelSettingSchema.parse({ id: 'ops-2', kind: 'leaky', ...input });

function options(
  secrets: Readonly<Record<string, string>> = { token: 'planted-secret' },
): OpenChannelOptions {
  return {
    kinds: [leaky, plain],
    context: {
      sendHttp: () => Promise.reject(new Error('not asked')),
      clock: virtualClock(NOW),
      dataDir: '/',
    },
    secret: (_, option) => secrets[option] ?? null,
  };
}

describe('a channel of the settings', () => {
  it('does not reveal its secrets when it fails', async () => {
    const channel = openChannel(setting({ options: { room: 'tower' } }), options());
    const error: unknown = await channel
      .deliver([{ ...alert('a'), raisedAt: NOW }], AbortSignal.any([]))
      .catch((cause) => cause);
    expect(error).toMatchObject({
      kind: 'refused',
      message: 'no entry with *** to tower',
      retryAfterMs: 5,
      delivered: ['a'],
    });
    expect(error).not.toHaveProperty('cause');
  });

  it.each([
    [{ kind: 'none' }, 'Channel "ops-2": there is no kind "none". There are: leaky, plain.'],
    [{}, 'Channel "ops-2": "room" must be a name.'],
    [{ options: { room: 'a' }, kind: 'plain' }, 'Channel "ops-2": "place" is missing.'],
    [{ options: { room: 'a', colour: 1 } }, 'Channel "ops-2": there is no option "colour" of this kind.'],
    [
      { options: { room: 'a', token: 'in the file' } },
      'Channel "ops-2": "token" is a secret and is not read from settings.json. Set it as CHANNEL_OPS_2_TOKEN, ' +
        'or name a file that holds it in CHANNEL_OPS_2_TOKEN_FILE.',
    ],
  ])('reports what is wrong with the settings %j', (input, message) => {
    expect(() => openChannel(setting(input), options())).toThrow(message);
  });

  it.each([{}, { token: 'short' }])(
    'names the variable of a missing or invalid secret, without revealing it',
    (secrets) => {
      expect(() => openChannel(setting({ options: { room: 'a' } }), options(secrets))).toThrow(
        'Channel "ops-2": the secret "token" is missing or wrong. Set it as CHANNEL_OPS_2_TOKEN,',
      );
    },
  );

  it('does not prevent others from being opened when it is invalid, and is omitted when disabled', () => {
    const good = setting({ id: 'good', options: { room: 'a' } });
    const off = setting({ id: 'off', enabled: false });
    const { channels, unusable, problems } = createUserChannels(options()).open([setting({}), off, good]);
    expect(channels.map(({ id }) => id)).toEqual(['good']);
    expect(unusable).toEqual(['ops-2']);
    expect(problems.map(({ id, message }) => [id, text(message)])).toEqual([
      ['channel-ops-2', 'Channel "ops-2": "room" must be a name.'],
    ]);
  });

  it('is kept while its settings do not change, or are invalid', () => {
    const secrets: Record<string, string> = { token: 'planted-token' };
    const channels = createUserChannels(options(secrets));
    const [good, other] = [
      setting({ id: 'good', options: { room: 'a' } }),
      setting({ options: { room: 'b' } }),
    ];
    const before = channels.open([good, other]).channels;
    const { channels: after, unusable, problems } = channels.open([setting({ options: {} }), good]);
    expect(after).toEqual([before[1], before[0]]);
    expect(unusable).toEqual([]);
    expect(problems.map(({ id }) => id)).toEqual(['channel-ops-2']);
    expect(channels.open([setting({ options: { room: 'c' } })]).channels).not.toContain(before[1]);
    const last = channels.open([good]).channels;
    secrets.token = 'planted-other-token';
    expect(channels.open([good]).channels[0]).not.toBe(last[0]);
  });

  it.each([
    [{}, ['info', 'warning', 'critical']],
    [{ severity: 'warning' }, ['warning', 'critical']],
    [{ severity: 'critical', coins: ['bitcoin'] }, ['critical']],
    [{ coins: ['zcash'] }, []],
    [{ rules: ['moving-average'] }, ['info', 'warning', 'critical']],
    [{ rules: ['another'] }, []],
  ])('has the route %j for %j', (route, wanted) => {
    const channel = openChannel(setting({ options: { room: 'a' }, route }), options());
    const severities = ['info', 'warning', 'critical'] as const;
    expect(severities.filter((severity) => channel.wants?.({ ...alert('a'), severity }))).toEqual(wanted);
  });

  it('with a watchlist in its route gets the coins of the list that match the other parts', () => {
    const lists = () => [{ id: 'majors', coins: ['bitcoin', 'zcash'] }];
    const wanted = (route: object): readonly string[] => {
      const channel = openChannel(setting({ options: { room: 'a' }, route }), {
        ...options(),
        watchlists: lists,
      });
      const coins = ['bitcoin', 'ethereum', 'zcash'];
      return coins.filter((coinId) => channel.wants?.({ ...alert('a'), coinId }));
    };
    expect(wanted({ watchlist: 'majors' })).toEqual(['bitcoin', 'zcash']);
    expect(wanted({ watchlist: 'majors', coins: ['zcash', 'ethereum'] })).toEqual(['zcash']);
    expect(() => wanted({ watchlist: 'minors' })).toThrow(
      'Channel "ops-2": there is no watchlist "minors". There are: majors.',
    );
  });

  it('is reopened when the watchlist of its route changes, and keeps the old list when it is removed', () => {
    let watchlists = [{ id: 'majors', coins: ['bitcoin'] }];
    const channels = createUserChannels({ ...options(), watchlists: () => watchlists });
    const routed = setting({ options: { room: 'a' }, route: { watchlist: 'majors' } });
    const other = setting({ id: 'other', options: { room: 'a' } });
    const open = () => channels.open([routed, other]);
    const [first, unrouted] = open().channels;
    watchlists = [{ id: 'majors', coins: ['ethereum'] }];
    const changed = open().channels;
    expect(changed[1]).toBe(unrouted);
    expect(changed[0]).not.toBe(first);
    expect(changed[0]?.wants?.({ ...alert('a'), coinId: 'ethereum' })).toBe(true);
    expect(changed[0]?.wants?.({ ...alert('a'), coinId: 'bitcoin' })).toBe(false);
    watchlists = [];
    const { channels: left, unusable, problems } = open();
    expect(left).toEqual(changed);
    expect(unusable).toEqual([]);
    expect(problems.map(({ id, message }) => [id, text(message)])).toEqual([
      ['channel-ops-2', 'Channel "ops-2": there is no watchlist "majors". There are none.'],
    ]);
  });

  it('collects alerts for the minutes of its digest', () => {
    const channel = openChannel(setting({ options: { room: 'a' }, digestMinutes: 5 }), options());
    expect(channel.limits).toMatchObject({ gatherMs: 300_000, batch: 100 });
  });
});

describe('secrets', () => {
  it('each have a variable', () => {
    expect(secretVariable('ops-2', 'signingSecret')).toBe('CHANNEL_OPS_2_SIGNING_SECRET');
  });

  it('are redacted, longer ones first, also in URLs', () => {
    expect(redact('key a/b+c and a/b at ?x=a%2Fb%2Bc', ['a/b', 'a/b+c', ''])).toBe(
      'key *** and *** at ?x=***',
    );
  });

  it.each(['', 'x', 'xy', '\0me\0'])('are recognized within longer base64: %j before', (before) => {
    for (const after of ['', 'x', 'xy', ':more']) {
      const encoded = Buffer.from(`${before}Zz+12345/secret${after}`).toString('base64');
      const shown = redact(`sent ${encoded}`, ['Zz+12345/secret']);
      expect(shown).toMatch(/^sent .{0,10}\*\*\*.{0,10}$/);
    }
  });

  it.each([
    ['Cannot POST /hooks/T0/AbCdEfGh', '***'],
    ['no hook abcdefgh', 'no hook ***'],
    [`token ${Buffer.from('AbCdEfGh').toString('base64url')}`, 'token ***'],
    ['https://hooks.example/hooks/T0/AbCdEfGh?key=Zz%2B12345 is gone', '*** is gone'],
    ['the key Zz+12345', 'the key ***'],
    ['nothing of /hooks and T0', 'nothing of /hooks and T0'],
  ])('are recognized as parts of a URL and in other encodings: %s', (errorText, shown) => {
    const url = 'https://hooks.example/hooks/T0/AbCdEfGh?key=Zz%2B12345';
    expect(redact(errorText, [url]).replace('Cannot POST ', '')).toBe(shown);
  });
});
