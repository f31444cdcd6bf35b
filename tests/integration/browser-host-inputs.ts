import type { SeededRandom } from './seeded-random.ts';

/** The input of one client, and how it disconnects. */
export type HostInput = {
  /** Sent in sequence; the frames of an upgrade follow its request without waiting for the response. */
  readonly bytes: readonly Buffer[];
  /** When it disconnects: after the first response, without waiting for one, or only when the server has disconnected. */
  readonly leaves: 'after response' | 'at once' | 'after server';
  readonly how: 'end' | 'reset';
};

/** The values that authorize a client. */
export type Authority = {
  readonly host: string;
  readonly origin: string;
  readonly cookie: string;
  readonly token: string;
};

const METHODS = [
  'GET',
  'GET',
  'GET',
  'HEAD',
  'POST',
  'OPTIONS',
  'CONNECT',
  'TRACE',
  'PUT',
  'get',
  'G\0T',
  '',
];
const TARGETS = [
  '/',
  '/',
  '/api',
  '//',
  '//evil.example/x',
  '/\\',
  '/%',
  '/%00',
  '/..%2f..%2fpackage.json',
  '/index.html?token=%',
  '/?token=wrong',
  '/?token=a&token=b',
  '*',
  'http://[',
  'http://evil.example/',
  'nowhere',
  '/api?x=[]',
  `/${'a'.repeat(5_000)}`,
  '/\u00ff\u00fe',
];
const PROCEDURES = [
  'snapshot',
  'alerts',
  'candles',
  'settings.get',
  'settings.set',
  'secrets.set',
  '__proto__',
  '',
];
const INPUTS = [
  '{}',
  '{"limit":1}',
  '{"limit":-1}',
  '{"coinId":"bitcoin","interval":"1m","limit":5}',
  '{"coins":[]}',
  '{"databaseUrl":"nonsense"}',
  '{"__proto__":{"x":1}}',
  'null',
  '[]',
  '1e999',
];

/** One of many valid and invalid conversations with the browser host, with or without authorization. */
export function makeHostInput(random: SeededRandom, authority: Authority): HostInput {
  const kind = random.whole(1, 10);
  const bytes =
    kind <= 2 ? [garbage(random)] : kind <= 5 ? httpRequest(random, authority) : webSocket(random, authority);
  return {
    bytes,
    leaves: random.pick(['after response', 'after response', 'at once', 'after server']),
    how: random.pick(['end', 'reset']),
  };
}

function garbage(random: SeededRandom): Buffer {
  const noise = randomText(random, random.whole(1, 300));
  const start = random.pick([
    '',
    'GET ',
    'GET / HTTP/1.1\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    '\x16\x03\x01',
  ]);
  // Complete, because the server waits for the rest of an incomplete request until a timeout.
  return Buffer.from(`${start}${noise}\r\n\r\n`, 'latin1');
}

function randomText(random: SeededRandom, length: number): string {
  return Array.from({ length }, () => String.fromCharCode(random.whole(0, 255))).join('');
}

function headers(random: SeededRandom, authority: Authority): string[] {
  const { host, origin, cookie } = authority;
  const isValid = random.next() < 0.6;
  const chosen = isValid
    ? [`host: ${host}`, `origin: ${origin}`, `cookie: ${cookie}`]
    : [
        `host: ${random.pick([host, 'evil.example', '', `${host}:1`, '[::1]'])}`,
        `origin: ${random.pick([origin, 'http://evil.example', 'null', ''])}`,
        `cookie: ${random.pick([cookie, cookie.slice(0, -1), '=', ';;;', `${cookie.split('=')[0]}=`])}`,
      ];
  const others = [
    'range: bytes=5-2',
    'range: bytes=-99999999',
    'if-none-match: *',
    'expect: 100-continue',
    'expect: nothing',
    'connection: close',
    'connection: upgrade',
    'upgrade: h2c',
    'content-length: 5',
    'content-length: -1',
    'transfer-encoding: chunked',
    `x: ${'y'.repeat(random.whole(1, 20_000))}`,
    'no colon',
  ];
  while (random.next() < 0.3) chosen.push(random.pick(others));
  return random.next() < 0.1 ? [...random.shuffled(chosen)].slice(1) : chosen;
}

function httpRequest(random: SeededRandom, authority: Authority): Buffer[] {
  const count = random.next() < 0.2 ? 3 : 1;
  return Array.from({ length: count }, () => {
    const target = random.next() < 0.1 ? `/?token=${authority.token}` : random.pick(TARGETS);
    const version = random.pick(['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/9.9', '']);
    const lines = [`${random.pick(METHODS)} ${target} ${version}`, ...headers(random, authority)];
    return Buffer.from(
      `${lines.join('\r\n')}\r\n\r\n${random.pick(['', '', 'x', '5\r\nhello\r\n'])}`,
      'latin1',
    );
  });
}

function webSocket(random: SeededRandom, authority: Authority): Buffer[] {
  const lines = [
    `${random.next() < 0.9 ? 'GET' : random.pick(METHODS)} ${random.next() < 0.85 ? '/api' : random.pick(TARGETS)} HTTP/1.1`,
    'upgrade: websocket',
    'connection: Upgrade',
    `sec-websocket-version: ${random.pick(['13', '13', '13', '13', '8', 'x'])}`,
    `sec-websocket-key: ${random.next() < 0.9 ? 'dGhlIHNhbXBsZSBub25jZQ==' : 'short'}`,
    ...(random.next() < 0.1
      ? ['sec-websocket-extensions: permessage-deflate; server_max_window_bits=99']
      : []),
    ...(random.next() < 0.1 ? ['sec-websocket-protocol: ,,'] : []),
    ...headers(random, authority),
  ];
  const frames = Array.from({ length: random.whole(0, 4) }, () => frame(random));
  return [Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), ...frames];
}

/** A frame of RFC 6455, 5.2, which may be invalid in any way. */
function frame(random: SeededRandom): Buffer {
  if (random.next() < 0.15) return Buffer.from(randomText(random, random.whole(1, 40)), 'latin1');
  const payload = Buffer.from(
    random.pick([
      `{"id":1,"procedure":"${random.pick(PROCEDURES)}","input":${random.pick(INPUTS)}}`,
      `{"id":1,"procedure":"${random.pick(PROCEDURES)}","input":${random.pick(INPUTS)}}`,
      'not json',
      '{"id":-1}',
      '['.repeat(60_000),
      '\xff\xfe',
      '\x03\xe8bye',
      '\x00\x01',
    ]),
    'latin1',
  );
  const isMasked = random.next() < 0.95;
  // Mostly text; also continuation, binary, close, ping, pong and reserved opcodes.
  const opcode = random.pick([1, 1, 1, 1, 2, 0, 8, 9, 10, 3, 15]);
  const first = (random.next() < 0.9 ? 0x80 : 0) | (random.next() < 0.03 ? 0x70 : 0) | opcode;
  const claimed = random.next() < 0.05 ? payload.length + 100_000 : payload.length;
  return Buffer.concat([head(first, claimed, isMasked), isMasked ? masked(random, payload) : payload]);
}

function head(first: number, length: number, isMasked: boolean): Buffer {
  const mask = isMasked ? 0x80 : 0;
  if (length < 126) return Buffer.from([first, mask | length]);
  const bytes = Buffer.alloc(length < 65_536 ? 4 : 10);
  bytes[0] = first;
  bytes[1] = mask | (length < 65_536 ? 126 : 127);
  if (length < 65_536) bytes.writeUInt16BE(length, 2);
  else bytes.writeBigUInt64BE(BigInt(length), 2);
  return bytes;
}

function masked(random: SeededRandom, payload: Buffer): Buffer {
  const mask = Buffer.from(Array.from({ length: 4 }, () => random.whole(0, 255)));
  return Buffer.concat([mask, payload.map((byte, place) => byte ^ (mask[place % 4] ?? 0))]);
}
