import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolvedId } from '../../../../../shared/domain/alert.ts';
import { channelSettingSchema } from '../../../../../shared/settings/channel-setting.ts';
import { alert } from '../../../log/log-fixture.ts';
import { virtualClock } from '../../../time/clock.ts';
import type { RaisedAlert } from '../../channel.ts';
import { DeliveryError } from '../../delivery-error.ts';
import { envelopeSchema } from '../../envelope.ts';
import type { HttpRequest, HttpResponse } from '../../http-request.ts';
import { openChannel } from '../../open-channel.ts';
import { CHANNEL_KINDS } from '../registry.ts';

const AT = Date.UTC(2026, 0, 5, 12);
const ALERT: RaisedAlert = {
  ...alert('moving-average:kraken:bitcoin:usd:1', AT),
  source: 'kraken',
  price: 66_950.12,
  direction: 'up',
  severity: 'critical',
  figures: { average: 65_000, changePct: 3 },
  raisedAt: AT + 250,
};
const TITLE = 'Bitcoin ▲ +3.00%';
const BODY = '$66,950.12, average $65,000.00\nPrice changed by more than 2% from the 5-min average.';
const OK: HttpResponse = { status: 200, headers: new Headers(), text: 'ok' };

/** Delivers to a channel of the kind; returns the requests that it makes. */
async function deliver(
  kind: string,
  { options = {}, secrets = {} }: { options?: object; secrets?: Readonly<Record<string, string>> },
  alerts: readonly RaisedAlert[] = [ALERT],
  response: HttpResponse = OK,
): Promise<readonly HttpRequest[]> {
  const requests: HttpRequest[] = [];
  const channel = openChannel(channelSettingSchema.parse({ id: 'test', kind, options }), {
    kinds: CHANNEL_KINDS,
    context: {
      async sendHttp(request) {
        requests.push(request);
        return response;
      },
      clock: virtualClock(AT + 1_000),
      dataDir: '/',
    },
    secret: (_, option) => secrets[option] ?? null,
  });
  await channel.deliver(alerts, AbortSignal.any([]));
  return requests;
}

const HOOK = 'https://hooks.example/T1/planted';
const SERVER = 'https://home.example:8443/';
const JSON_TYPE = { 'content-type': 'application/json' };

type Case = {
  readonly options?: object;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly request: Omit<HttpRequest, 'body'>;
  readonly json: unknown;
};

/** The exact request of each kind, according to the documentation that its file names. */
const CASES: Readonly<Record<string, Case>> = {
  slack: {
    secrets: { url: HOOK },
    request: { url: HOOK, headers: JSON_TYPE },
    json: { text: `*${TITLE}*\n${BODY}` },
  },
  discord: {
    secrets: { url: HOOK },
    request: { url: `${HOOK}?wait=true`, headers: JSON_TYPE },
    json: { content: `**${TITLE}**\n${BODY}`, allowed_mentions: { parse: [] } },
  },
  telegram: {
    options: { chatId: '-100123' },
    secrets: { token: '123:planted-token' },
    request: { url: 'https://api.telegram.org/bot123:planted-token/sendMessage', headers: JSON_TYPE },
    json: { chat_id: '-100123', text: `${TITLE}\n${BODY}` },
  },
  ntfy: {
    secrets: { topic: 'planted-topic', token: 'tk_planted' },
    request: {
      url: 'https://ntfy.sh',
      headers: { ...JSON_TYPE, authorization: 'Bearer tk_planted' },
      allowPrivate: false,
    },
    json: { topic: 'planted-topic', title: TITLE, message: BODY, priority: 5 },
  },
  gotify: {
    options: { server: SERVER, allowPrivate: true },
    secrets: { token: 'planted' },
    request: {
      url: 'https://home.example:8443/message',
      headers: { ...JSON_TYPE, 'x-gotify-key': 'planted' },
      allowPrivate: true,
    },
    json: { title: TITLE, message: BODY, priority: 9 },
  },
  pushover: {
    secrets: { token: 'a'.repeat(30), user: 'u'.repeat(30) },
    request: { url: 'https://api.pushover.net/1/messages.json', headers: JSON_TYPE },
    json: {
      token: 'a'.repeat(30),
      user: 'u'.repeat(30),
      title: TITLE,
      message: BODY,
      priority: 1,
      timestamp: AT / 1_000,
    },
  },
  matrix: {
    options: { homeserver: 'https://matrix.example', room: '!room:matrix.example' },
    secrets: { token: 'planted' },
    request: {
      url:
        'https://matrix.example/_matrix/client/v3/rooms/!room%3Amatrix.example/send/m.room.message/' +
        '347d1ccae41af11dd4ee8cc2e770f3e03145a6f0274823ac711f7ccd0fed47cb',
      method: 'PUT',
      headers: { ...JSON_TYPE, authorization: 'Bearer planted' },
      allowPrivate: false,
    },
    json: { msgtype: 'm.text', body: `${TITLE}\n${BODY}` },
  },
  mattermost: {
    secrets: { url: HOOK },
    request: { url: HOOK, headers: JSON_TYPE, allowPrivate: false },
    json: { text: `**${TITLE}**\n${BODY}` },
  },
  'rocket-chat': {
    secrets: { url: HOOK },
    request: { url: HOOK, headers: JSON_TYPE, allowPrivate: false },
    json: { text: `*${TITLE}*\n${BODY}` },
  },
  teams: {
    secrets: { url: HOOK },
    request: { url: HOOK, headers: JSON_TYPE },
    json: {
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
              { type: 'TextBlock', text: TITLE, weight: 'bolder', wrap: true },
              { type: 'TextBlock', text: BODY.replace('\n', '  \n'), wrap: true },
            ],
          },
        },
      ],
    },
  },
  'google-chat': {
    secrets: { url: HOOK },
    request: { url: HOOK, headers: JSON_TYPE },
    json: { text: `*${TITLE}*\n${BODY}` },
  },
  'home-assistant': {
    options: { server: 'http://homeassistant.local:8123', action: 'mobile_app_phone' },
    secrets: { token: 'planted' },
    request: {
      url: 'http://homeassistant.local:8123/api/services/notify/mobile_app_phone',
      headers: { ...JSON_TYPE, authorization: 'Bearer planted' },
      allowPrivate: true,
    },
    json: { title: TITLE, message: BODY },
  },
  pagerduty: {
    secrets: { routingKey: 'k'.repeat(32) },
    request: { url: 'https://events.pagerduty.com/v2/enqueue', headers: JSON_TYPE },
    json: {
      routing_key: 'k'.repeat(32),
      event_action: 'trigger',
      dedup_key: ALERT.id,
      payload: {
        summary: TITLE,
        source: 'kraken',
        severity: 'critical',
        timestamp: '2026-01-05T12:00:00.000Z',
        component: 'bitcoin',
        custom_details: { alerts: [expect.objectContaining({ coin: 'bitcoin', price: 66_950.12 })] },
      },
    },
  },
  opsgenie: {
    secrets: { apiKey: 'planted' },
    request: {
      url: 'https://api.opsgenie.com/v2/alerts',
      headers: { ...JSON_TYPE, authorization: 'GenieKey planted' },
    },
    json: {
      message: TITLE,
      alias: ALERT.id,
      description: BODY,
      priority: 'P1',
      source: 'crypto-price-monitor',
      tags: ['bitcoin'],
    },
  },
  signal: {
    options: { server: 'http://127.0.0.1:8080', number: '+4930123456', recipients: ['+4930654321'] },
    request: { url: 'http://127.0.0.1:8080/v2/send', headers: JSON_TYPE, allowPrivate: false },
    json: { message: `${TITLE}\n${BODY}`, number: '+4930123456', recipients: ['+4930654321'] },
  },
  apprise: {
    options: { server: 'http://127.0.0.1:8000', tag: 'phone' },
    secrets: { key: 'planted' },
    request: { url: 'http://127.0.0.1:8000/notify/planted', headers: JSON_TYPE, allowPrivate: false },
    json: { title: TITLE, body: BODY, type: 'failure', tag: 'phone' },
  },
  template: {
    options: {
      body: '{"say": "{{title}}: {{body}}", "of": "{{coin}}", "at": {{price}}, "{{none}}": {{json}}}',
    },
    secrets: { url: HOOK, authorization: 'Basic planted' },
    request: {
      url: HOOK,
      method: 'POST',
      headers: { ...JSON_TYPE, authorization: 'Basic planted' },
      allowPrivate: false,
    },
    json: {
      say: `${TITLE}: ${BODY}`,
      of: 'bitcoin',
      at: 66_950.12,
      '{{none}}': expect.objectContaining({ specversion: '1.0', id: ALERT.id }),
    },
  },
};

describe('a channel of the kind', () => {
  it.each(Object.entries(CASES))(
    '%s makes the request that its service documents',
    async (kind, expected) => {
      const [request, ...others] = await deliver(kind, expected);
      expect(others).toEqual([]);
      const { body, ...rest } = request ?? { url: '', body: '' };
      expect(rest).toEqual(expected.request);
      expect(JSON.parse(body)).toEqual(expected.json);
    },
  );

  it('home-assistant sends to a notify entity, which has no title', async () => {
    const options = { server: SERVER, entity: 'notify.my_phone' };
    const [request] = await deliver('home-assistant', { options, secrets: { token: 'planted' } });
    expect(request?.url).toBe('https://home.example:8443/api/services/notify/send_message');
    expect(JSON.parse(request?.body ?? '')).toEqual({
      entity_id: 'notify.my_phone',
      message: `${TITLE}\n${BODY}`,
    });
    await expect(
      deliver('home-assistant', { options: { ...options, entity: 'phone' }, secrets: { token: 'planted' } }),
    ).rejects.toThrow('"entity" is not the id of a notify entity');
  });

  it.each(Object.entries(CASES))(
    '%s delivers a digest in one request, and names every coin',
    async (kind, set) => {
      const digest = ['bitcoin', 'ethereum', 'zcash'].map((coinId) => ({ ...ALERT, coinId, id: coinId }));
      const [request, ...others] = await deliver(kind, set, digest);
      expect(others).toEqual([]);
      expect(request?.body).toMatch(/bitcoin.*ethereum.*zcash/is);
    },
  );

  it.each(Object.entries(CASES))(
    '%s does not reveal its secrets when its service repeats them',
    async (kind, set) => {
      const text = `you sent ${Object.values(set.secrets ?? {}).join(' ')}`;
      const failed = deliver(kind, set, [ALERT], { status: 400, headers: new Headers(), text });
      const error: unknown = await failed.catch((cause: unknown) => cause);
      expect(error).toMatchObject({
        kind: expect.stringMatching(/^re(jected|fused)$/),
        message: expect.stringContaining('you sent'),
      });
      for (const secret of Object.values(set.secrets ?? {})) expect(String(error)).not.toContain(secret);
    },
  );

  it('is tested here for every kind except the plain webhook and those without HTTP', () => {
    const others = new Set([
      'webhook',
      'email',
      'mqtt',
      'kafka',
      'rabbitmq',
      'sns',
      'kinesis',
      'file',
      'stdout',
      'speech',
    ]);
    expect(
      CHANNEL_KINDS.map(({ kind }) => kind)
        .filter((kind) => !others.has(kind))
        .toSorted(),
    ).toEqual(Object.keys(CASES).toSorted());
  });
});

describe('an alert that is resolved', () => {
  const RESOLVED: RaisedAlert = {
    ...ALERT,
    id: resolvedId(ALERT.id),
    resolution: {
      alertId: ALERT.id,
      resolvedAt: AT + 12 * 60_000,
      reason: 'over',
      extreme: { price: 67_300, observedAt: AT + 60_000, figures: { changePct: 3.5 } },
    },
  };

  it('resolves its incident in PagerDuty', async () => {
    const [request] = await deliver('pagerduty', CASES.pagerduty ?? {}, [RESOLVED]);
    expect(JSON.parse(request?.body ?? '')).toMatchObject({ event_action: 'resolve', dedup_key: ALERT.id });
  });

  it('is closed in Opsgenie', async () => {
    const [request] = await deliver('opsgenie', CASES.opsgenie ?? {}, [RESOLVED]);
    expect(request?.url).toBe(
      'https://api.opsgenie.com/v2/alerts/moving-average%3Akraken%3Abitcoin%3Ausd%3A1/close?identifierType=alias',
    );
  });

  it('is a separate event for a webhook, with its duration and its furthest price', async () => {
    const [request] = await deliver('webhook', { secrets: { url: HOOK } }, [RESOLVED]);
    const event = envelopeSchema.parse(JSON.parse(request?.body ?? ''));
    expect(event).toMatchObject({
      id: `${ALERT.id}:resolved`,
      type: 'crypto-price-monitor.alert-resolved.v1',
      time: '2026-01-05T12:12:00.000Z',
      data: { resolution: { alertId: ALERT.id, durationSeconds: 720, extreme: { price: 67_300 } } },
    });
  });

  it('reports its duration to people', async () => {
    const [request] = await deliver('slack', CASES.slack ?? {}, [RESOLVED]);
    expect(JSON.parse(request?.body ?? '').text).toBe(
      `*${TITLE}: over after 12\u00a0min*\nFurthest at $67,300.00 (+3.50%)\nPrice changed by more than 2% from the 5-min average.`,
    );
  });
});

describe('a response', () => {
  const failureFor = async (
    kind: string,
    status: number,
    text = '',
    headers: Record<string, string> = {},
  ) => {
    const failed = deliver(kind, CASES[kind] ?? {}, [ALERT], { status, headers: new Headers(headers), text });
    const error: unknown = await failed.then(
      () => null,
      (cause: unknown) => cause,
    );
    return error instanceof DeliveryError ? { kind: error.kind, retryAfterMs: error.retryAfterMs } : error;
  };

  // The texts are those of the services. A rejected alert becomes a dead letter, so a failure that is not the fault of the alert
  // must not count as a rejection.
  it.each([
    ['telegram', 400, '{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}', 'refused'],
    [
      'telegram',
      400,
      '{"ok":false,"error_code":400,"description":"Bad Request: message is too long"}',
      'rejected',
    ],
    ['pushover', 400, '{"user":"invalid","errors":["user identifier is invalid"],"status":0}', 'refused'],
    [
      'pushover',
      400,
      '{"message":"cannot be blank","errors":["message cannot be blank"],"status":0}',
      'rejected',
    ],
    [
      'mattermost',
      400,
      '{"id":"web.incoming_webhook.invalid.app_error","message":"Invalid webhook."}',
      'refused',
    ],
    [
      'mattermost',
      400,
      '{"id":"web.incoming_webhook.parse.app_error","message":"Unable to parse"}',
      'rejected',
    ],
    ['rocket-chat', 400, '{"success":false,"error":"Invalid integration id or token provided."}', 'refused'],
    ['rocket-chat', 400, '{"success":false,"error":"invalid-channel"}', 'refused'],
    ['rocket-chat', 400, '{"success":false,"error":"error-message-size-exceeded"}', 'rejected'],
    ['pagerduty', 400, '{"status":"invalid event","errors":["Invalid routing key"]}', 'refused'],
    ['pagerduty', 400, '{"status":"invalid event","errors":["\'summary\' is missing"]}', 'rejected'],
    ['opsgenie', 422, '{"message":"Key format is not valid!"}', 'refused'],
    ['opsgenie', 422, '{"message":"Request body is not processable."}', 'rejected'],
    ['home-assistant', 400, '400: Bad Request', 'refused'],
    ['signal', 400, '{"error":"User +4930123456 is not registered."}', 'refused'],
    [
      'teams',
      200,
      'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429',
      'rate-limited',
    ],
    [
      'telegram',
      400,
      '{"ok":false,"error_code":400,"description":"Bad Request: have no rights to send a message"}',
      'refused',
    ],
    [
      'telegram',
      400,
      '{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup chat"}',
      'refused',
    ],
    [
      'ntfy',
      400,
      '{"code":40010,"http":400,"error":"invalid request: topic name is not allowed"}',
      'refused',
    ],
    ['ntfy', 400, '{"code":40011,"http":400,"error":"invalid message: message must be UTF-8"}', 'rejected'],
    ['slack', 400, 'user_not_found', 'refused'],
    ['slack', 400, 'invalid_payload', 'rejected'],
    [
      'discord',
      400,
      '{"message":"Webhooks posted to forum channels must have a thread_name or thread_id","code":220001}',
      'refused',
    ],
    ['discord', 400, '{"message":"Cannot send an empty message","code":50006}', 'rejected'],
    [
      'teams',
      400,
      '{"error":{"code":"WorkflowTriggerIsNotEnabled","message":"Could not execute workflow"}}',
      'refused',
    ],
    ['teams', 413, 'Request Entity Too Large', 'rejected'],
    ['apprise', 400, 'Unsupported characters found in tag definition', 'refused'],
    ['apprise', 400, 'Bad FORM Payload provided', 'rejected'],
    ['apprise', 204, '', 'refused'],
    ['apprise', 424, 'One or more notification could not be sent.', 'unreachable'],
  ])('of %s with %i and %s is %s', async (kind, status, errorText, failureKind) => {
    expect(await failureFor(kind, status, errorText)).toMatchObject({ kind: failureKind });
  });

  it.each([
    [
      'pushover, until the quota begins anew',
      'pushover',
      429,
      { 'x-limit-app-reset': String(AT / 1_000 + 3_601) },
      3_600_000,
    ],
    ['pushover, after a failure of the server', 'pushover', 502, {}, 5_000],
    ['pushover, after a refusal', 'pushover', 403, {}, 60_000],
    ['pagerduty, for a few minutes', 'pagerduty', 429, {}, 180_000],
    [
      'rocket-chat, until its minute is over',
      'rocket-chat',
      429,
      { 'x-ratelimit-reset': String(AT + 31_000) },
      30_000,
    ],
    ['discord, for an hour if the webhook was deleted', 'discord', 404, {}, 3_600_000],
    ['any, for as long as it says', 'pagerduty', 429, { 'retry-after': '9' }, 9_000],
  ] as const)('is followed by a wait: %s', async (_, kind, status, headers, retryAfterMs) => {
    expect(await failureFor(kind, status, '', headers)).toMatchObject({ retryAfterMs });
  });

  it.each([
    [200, null],
    [204, null],
    [400, 'rejected'],
    [401, 'refused'],
    [403, 'refused'],
    [404, 'refused'],
    [410, 'refused'],
    [413, 'rejected'],
    [408, 'unreachable'],
    [500, 'unreachable'],
    [503, 'unreachable'],
  ])('of status %i is %s', async (status, kind) => {
    expect(await failureFor('slack', status)).toEqual(kind === null ? null : { kind, retryAfterMs: 0 });
  });

  it("that requests a delay has it in a header or in the service's own form", async () => {
    expect(await failureFor('discord', 429, '', { 'retry-after': '2' })).toEqual({
      kind: 'rate-limited',
      retryAfterMs: 2_000,
    });
    expect(await failureFor('telegram', 429, '{"ok":false,"parameters":{"retry_after":7}}')).toEqual({
      kind: 'rate-limited',
      retryAfterMs: 7_000,
    });
    expect(await failureFor('matrix', 429, '{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":1500}')).toEqual({
      kind: 'rate-limited',
      retryAfterMs: 1_500,
    });
    expect(await failureFor('ntfy', 429, '{"code":42908,"http":429,"error":"limit reached"}')).toEqual({
      kind: 'rate-limited',
      retryAfterMs: 3_600_000,
    });
    expect(await failureFor('matrix', 429, '{"errcode":"M_LIMIT_EXCEEDED"}', { 'retry-after': '3' })).toEqual(
      {
        kind: 'rate-limited',
        retryAfterMs: 3_000,
      },
    );
  });

  it('that is an HTML page is not quoted', async () => {
    const failed = deliver('slack', CASES.slack ?? {}, [ALERT], {
      status: 502,
      headers: new Headers(),
      text: '<html>a proxy</html>',
    });
    await expect(failed).rejects.toThrow('hooks.example responded with 502.');
  });
});

it('escapes Slack markup', async () => {
  const [request] = await deliver('slack', CASES.slack ?? {}, [{ ...ALERT, coinId: '<!channel>&co' }]);
  expect(request?.body).not.toContain('<!channel>');
  expect(request?.body).toContain('&lt;!channel&gt;&amp;co');
});

describe('a long message', () => {
  /** Thirty alerts of coins with long names, of characters that take two units of UTF-16 and four bytes. */
  const LONG = Array.from({ length: 30 }, (_, number) => ({
    ...ALERT,
    id: `alert-${number}`,
    coinId: `${number}${'🚀'.repeat(300)}`,
  }));
  const lengthOf = (text: string): number => text.length;
  const bytesOf = (text: string): number => Buffer.byteLength(text);

  it.each([
    ['discord', 'content', 2_000, lengthOf],
    ['telegram', 'text', 4_096, lengthOf],
    ['rocket-chat', 'text', 5_000, lengthOf],
    ['pushover', 'message', 1_024, lengthOf],
    ['pushover', 'title', 250, lengthOf],
    ['opsgenie', 'message', 130, lengthOf],
    ['opsgenie', 'description', 15_000, lengthOf],
    ['ntfy', 'message', 4_096, bytesOf],
    ['ntfy', 'title', 1_000, bytesOf],
    ['google-chat', 'text', 32_000, bytesOf],
    ['matrix', 'body', 32_000, bytesOf],
  ] as const)('to %s has a %s of at most %i', async (kind, field, most, length) => {
    const [request] = await deliver(kind, CASES[kind] ?? {}, LONG);
    const text: string = JSON.parse(request?.body ?? '')[field];
    expect(length(text)).toBeLessThanOrEqual(most);
    expect(length(text)).toBeGreaterThan(most - 8);
    expect(text.isWellFormed()).toBe(true);
    expect(text.at(-1)).toBe('…');
  });

  it('becomes a card of less than 28 kB for Teams', async () => {
    const [request] = await deliver('teams', CASES.teams ?? {}, LONG);
    expect(bytesOf(request?.body ?? '')).toBeGreaterThan(20_000);
    expect(bytesOf(request?.body ?? '')).toBeLessThan(28_000);
  });
});

describe('a preset', () => {
  const FOLDER = import.meta.dirname;
  const files = readdirSync(FOLDER).filter((name) => !name.endsWith('.test.ts'));

  it.each(files)('%s has at most forty lines, and names its source', (name) => {
    const source = readFileSync(join(FOLDER, name), 'utf8');
    expect(source.trimEnd().split('\n').length).toBeLessThanOrEqual(40);
    if (name !== 'template.ts') expect(source).toMatch(/Sources?:\s[\s*]*https:\/\//);
  });

  it("builds its path also if the server's URL ends with a slash", async () => {
    const options = { apiUrl: 'https://api.eu.opsgenie.com/' };
    const [request] = await deliver('opsgenie', { options, secrets: { apiKey: 'planted' } });
    expect(request?.url).toBe('https://api.eu.opsgenie.com/v2/alerts');
  });
});
