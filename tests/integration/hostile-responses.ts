import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { SeededRandom } from './seeded-random.ts';

/** The values that a hostile response may contain. */
export type HostileScene = {
  /** Secrets that the client has sent, which must not be in any output. */
  readonly secrets: readonly string[];
  /** Ports of this machine to which no redirect may lead, for HTTP and for TLS. */
  readonly forbidden: { readonly http: number; readonly tls: number };
  /** The hostile server's own URL, for redirects in a circle. */
  readonly self: string;
};

export type HostileResponse = {
  readonly name: string;
  /** Whether it is unusual but a success. */
  readonly isSuccess?: boolean;
  /** Whether it continues until the client gives up. */
  readonly isEndless?: boolean;
  /** Writes the response, or a part of it. The socket is closed when the client closes it. */
  response(socket: Socket): void;
};

type Make = (random: SeededRandom, scene: HostileScene) => HostileResponse;

const CRLF = '\r\n';
const TEN_MEGABYTES = 10_000_000;

const head = (status: number, headers: Readonly<Record<string, string | number>> = {}): string =>
  [
    `HTTP/1.1 ${status} Whatever`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '',
    '',
  ].join(CRLF);

/** Ends the connection after the text. */
const ended =
  (text: string | Buffer) =>
  (socket: Socket): void =>
    void socket.end(text);

/** Repeats a text the given number of times, or for as long as the client accepts it. */
function repeat(socket: Socket, text: string | Buffer, times = Number.POSITIVE_INFINITY): void {
  let left = times;
  const more = (): void => {
    while (left-- > 0) {
      if (socket.destroyed) return;
      if (!socket.write(text)) {
        socket.once('drain', more);
        return;
      }
    }
    socket.end();
  };
  more();
}

/** Writes a text repeatedly and slowly until the client gives up. */
function drip(socket: Socket, text: string): void {
  const timer = setInterval(() => socket.write(text), 10);
  socket.once('close', () => clearInterval(timer));
}

const STATUSES = [200, 204, 400, 401, 403, 404, 410, 413, 418, 429, 500, 502, 503, 599] as const;

/** The forms in which a server repeats a secret. */
const ECHOES: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => secret.toUpperCase(),
  (secret) => secret.toLowerCase(),
  (secret) => encodeURIComponent(secret),
  (secret) => JSON.stringify({ secret }),
  (secret) => Buffer.from(secret).toString('base64'),
  (secret) => Buffer.from(secret).toString('hex'),
];

/** Each makes one kind of hostile response. */
const MAKERS: readonly Make[] = [
  (random, { secrets }) => {
    const echo = random.pick(ECHOES)(random.pick(secrets));
    // So long that truncation at a fixed length may cut the secret.
    const filler = 'x'.repeat(random.whole(0, 350));
    const body = `${filler} ${echo}`;
    const status = random.pick(STATUSES.filter((code) => code >= 400));
    return {
      name: `echoes with ${status}`,
      response: ended(head(status, { 'content-type': 'text/plain', 'content-length': body.length }) + body),
    };
  },
  (random, { secrets }) => ({
    name: 'echoes in the status line and in headers',
    response: ended(
      `HTTP/1.1 400 ${random.pick(secrets)}${CRLF}x-echo: ${random.pick(secrets)}${CRLF}content-length: 0${CRLF}${CRLF}`,
    ),
  }),
  (random, { forbidden, secrets, self }) => {
    const to = random.pick([
      `http://127.0.0.1:${forbidden.http}/`,
      `https://127.0.0.1:${forbidden.tls}/`,
      `https://localhost:${forbidden.tls}/`,
      `https://localhost.:${forbidden.tls}/`,
      `https://[::1]:${forbidden.tls}/`,
      `https://[::ffff:127.0.0.1]:${forbidden.tls}/`,
      `https://2130706433:${forbidden.tls}/`,
      `https://0x7f.1:${forbidden.tls}/`,
      `https://0177.0.0.1:${forbidden.tls}/`,
      `https://0:${forbidden.tls}/`,
      `https://0.0.0.0:${forbidden.tls}/`,
      `https://user:word@127.0.0.1:${forbidden.tls}/`,
      `https://rebound.example:${forbidden.tls}/`,
      `https://①②⑦.⓪.⓪.①:${forbidden.tls}/`,
      `//127.0.0.1:${forbidden.http}/`,
      `\\\\127.0.0.1:${forbidden.http}\\`,
      'http://169.254.169.254/latest/meta-data/',
      'https://10.0.0.1/',
      'https://[fd00::1]/',
      'file:///etc/passwd',
      'gopher://127.0.0.1/',
      'javascript:alert(1)',
      'https://',
      '',
      `https://${encodeURIComponent(random.pick(secrets))}.example/`,
      'a'.repeat(8_000),
      self,
      `${self}?again`,
      '/again',
    ]);
    const status = random.pick([300, 301, 302, 303, 304, 305, 307, 308, 308, 307, 399]);
    return {
      name: `${status} to ${to.slice(0, 60)}`,
      response: ended(head(status, { location: to, 'content-length': 0 })),
    };
  },
  (random) => {
    const wait = random.pick([
      '0',
      '1',
      '-1',
      '99999999999999999999',
      '9'.repeat(400),
      '1e309',
      'NaN',
      'Fri, 31 Dec 9999 23:59:59 GMT',
      'Thu, 01 Jan 1970 00:00:00 GMT',
      'tomorrow',
      '',
    ]);
    return {
      name: `429 with "${wait.slice(0, 30)}"`,
      response: ended(head(random.pick([429, 429, 503]), { 'retry-after': wait, 'content-length': 0 })),
    };
  },
  (random) => ({
    name: 'ten megabytes',
    isSuccess: true,
    response(socket) {
      const chunked = random.next() < 0.5;
      const piece = Buffer.alloc(65_536, 'y');
      socket.write(
        head(200, chunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': TEN_MEGABYTES }),
      );
      const framed = chunked ? Buffer.concat([Buffer.from(`10000${CRLF}`), piece, Buffer.from(CRLF)]) : piece;
      repeat(socket, framed, TEN_MEGABYTES / piece.length);
    },
  }),
  (random) => ({
    name: 'a body without end, slowly',
    isEndless: true,
    response(socket) {
      socket.write(head(random.pick(STATUSES), { 'content-length': 1_000 }));
      drip(socket, 'z');
    },
  }),
  () => ({ name: 'silence', isEndless: true, response: () => undefined }),
  (random) => ({
    name: 'headers without end',
    isEndless: true,
    response(socket) {
      socket.write(`HTTP/1.1 200 OK${CRLF}`);
      const line = `x-${random.whole(0, 999)}: ${'h'.repeat(random.whole(1, 2_000))}${CRLF}`;
      if (random.next() < 0.5) drip(socket, line);
      else repeat(socket, line);
    },
  }),
  (random) => ({
    name: 'endless interim responses',
    isEndless: true,
    response(socket) {
      const interim = `HTTP/1.1 ${random.pick([100, 102, 103])} Wait${CRLF}${CRLF}`;
      if (random.next() < 0.5) drip(socket, interim);
      else repeat(socket, interim, 1_000);
    },
  }),
  (random) => {
    const whole = head(200, { 'content-type': 'text/plain', 'content-length': 5 });
    const cut = whole.slice(0, random.whole(0, whole.length - 1));
    const isReset = random.next() < 0.5;
    return {
      name: 'cut within the headers',
      response(socket) {
        // TLS has no reset of its own.
        if (isReset)
          socket.write(cut, () =>
            socket instanceof TLSSocket ? socket.destroy() : socket.resetAndDestroy(),
          );
        else socket.end(cut);
      },
    };
  },
  (random) => {
    const text = random.pick([
      `${head(200, { 'content-length': 100 })}short`,
      head(200, { 'content-length': -1 }),
      `${head(200, { 'content-length': '9'.repeat(30) })}short`,
      `${head(200, { 'content-length': 'five' })}short`,
      `HTTP/1.1 200 OK${CRLF}content-length: 5${CRLF}content-length: 6${CRLF}${CRLF}short`,
      `HTTP/1.1 200 OK${CRLF}content-length: 5${CRLF}transfer-encoding: chunked${CRLF}${CRLF}short`,
      `${head(200, { 'transfer-encoding': 'chunked' })}FFFFFFFFFFFFFFFFF${CRLF}x`,
      `${head(200, { 'transfer-encoding': 'chunked' })}zz${CRLF}x`,
      `${head(200, { 'transfer-encoding': 'chunked' })}5${CRLF}shor`,
      'HTTP/0.9 200',
      'HTTP/9.9 200 OK\r\n\r\n',
      'HTTP/1.1 2OO OK\r\n\r\n',
      'HTTP/1.1 99999 OK\r\n\r\n',
      'SSH-2.0-OpenSSH_9.9\r\n',
      '\0'.repeat(500),
      `${CRLF}${CRLF}${CRLF}`,
    ]);
    return { name: `wrong: ${JSON.stringify(text.slice(0, 60))}`, response: ended(text) };
  },
  (random) => ({
    name: 'headers that no client can show',
    isSuccess: true,
    response: ended(
      Buffer.concat([
        Buffer.from(`HTTP/1.1 200 OK${CRLF}x-name: caf\u00e9 \u20bf${CRLF}content-length: 0${CRLF}`),
        Buffer.from(`x-bytes: `),
        Buffer.from(Array.from({ length: 20 }, () => random.whole(128, 255))),
        Buffer.from(CRLF + CRLF),
      ]),
    ),
  }),
  (random) => ({
    name: 'two responses at once',
    isSuccess: true,
    response: ended(`${head(204) + head(random.pick(STATUSES), { 'content-length': 3 })}two`),
  }),
];

/** A random hostile response. */
export function hostileResponse(random: SeededRandom, scene: HostileScene): HostileResponse {
  return random.pick(MAKERS)(random, scene);
}
