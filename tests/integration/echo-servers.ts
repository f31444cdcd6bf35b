import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { SMTPServer } from 'smtp-server';

/** Statuses with which requests are refused, in turn. */
const STATUSES = [400, 401, 403, 422, 500];

export type EchoServers = {
  readonly http: number;
  readonly smtp: number;
  /** The number of connections so far. */
  connections(): number;
  close(): Promise<void>;
};

/**
 * Starts servers that refuse everything and repeat what they receive: one for HTTP, which is also a proxy and echoes the bytes of
 * any other protocol, and one for SMTP.
 */
export async function startEchoServers(): Promise<EchoServers> {
  let connections = 0;
  const sockets = new Set<Socket>();
  const web = createHttpServer(refuse);
  web.on('connect', (request: IncomingMessage, socket: Duplex) => {
    const credentials = credentialsOf(request);
    socket.end(`HTTP/1.1 407 no entry for ${credentials.replaceAll(/[\r\n]/g, ' ')}\r\n\r\n`);
  });
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.once('data', (bytes) => {
      if (!/^[A-Z]+ \S+ HTTP\/1/.test(bytes.toString('latin1'))) {
        // Kafka's requests begin with their length. An echo is an invalid response to its client.
        socket.end(bytes[0] === 0 ? '' : bytes);
        return;
      }
      socket.pause();
      socket.unshift(bytes);
      web.emit('connection', socket);
      socket.resume();
    });
  });
  const mail = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth({ username = '', password = '' }, _session, callback) {
      const plain = Buffer.from(`\0${username}\0${password}`).toString('base64');
      callback(new Error(`no entry for ${username} with ${password} (${plain})`));
    },
  });
  mail.on('error', () => undefined);
  const [http, smtp] = [await listen(server), await listen(mail.server)];
  return {
    http,
    smtp,
    connections: () => connections,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await new Promise<void>((resolve) => mail.close(() => resolve()));
    },
  };
}

let requested = 0;

async function refuse(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const credentials = credentialsOf(request);
  const status = STATUSES[requested++ % STATUSES.length] ?? 500;
  const text = `${request.method} ${request.url} refused: ${credentials} ${decodeURIComponent(request.url ?? '')} ${body}`;
  const isJson = requested % 2 === 0;
  response.writeHead(status, { 'content-type': isJson ? 'application/json' : 'text/plain' });
  response.end(isJson ? JSON.stringify({ error: text, message: text, __type: text }) : text);
}

/** All headers, and the decoded credentials in them. */
function credentialsOf({ headers }: IncomingMessage): string {
  const encoded = [headers.authorization, headers['proxy-authorization']]
    .flatMap((value) => /^Basic (.*)$/.exec(value ?? '')?.[1] ?? [])
    .map((text) => Buffer.from(text, 'base64').toString());
  return [...Object.values(headers), ...encoded].join(' ');
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
