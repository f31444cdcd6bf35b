import { createServer as createHttpServer } from 'node:http';
import { flushCompileCache } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { note, type OwnServiceName } from './own-service.ts';

/** `node serve-own.ts <service> <port> <folder>`: serves until it is killed. Loads only the package of its service, to start fast. */
const [name, portText, folder = ''] = process.argv.slice(2);
const port = Number(portText);
const HOST = '127.0.0.1';

const services: Readonly<Record<OwnServiceName, () => unknown>> = {
  /** Notes the id of each event. */
  webhook() {
    createHttpServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const events = [JSON.parse(body)].flat() as readonly { readonly id: string }[];
      note(
        folder,
        events.map(({ id }) => id),
      );
      response.writeHead(204).end();
    }).listen(port, HOST);
  },
  /** Notes the ids of the alerts of each mail. */
  async smtp() {
    const { SMTPServer } = await import('smtp-server');
    new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData(stream, _session, callback) {
        let mail = '';
        stream.setEncoding('utf8').on('data', (text: string) => {
          mail += text;
        });
        stream.on('end', () => {
          const headers = mail.matchAll(/^X-Alert-Ids: ((?:.|\r\n[ \t])*)\r\n(?![ \t])/gim);
          note(
            folder,
            [...headers].flatMap(([, ids = '']) => ids.split(/\s+/).filter(Boolean)),
          );
          callback();
        });
      },
    }).listen(port, HOST);
  },
  /** Notes topic and id of each alert. */
  async mqtt() {
    const { Aedes } = await import('aedes');
    const broker = await Aedes.createBroker({
      authorizePublish(_client, { topic, payload }, callback) {
        if (topic.includes('/alert/')) note(folder, [(JSON.parse(String(payload)) as { id: string }).id]);
        callback(null);
      },
    });
    createServer(broker.handle).listen(port, HOST);
  },
  /** Does the same as `startFauxqs` with a `dataDir`, but listens only on 127.0.0.1. */
  async sns() {
    const { buildApp } = await import('fauxqs');
    const part = (path: string) => import(new URL(path, import.meta.resolve('fauxqs')).href);
    const [{ PersistenceManager }, { SqsStore }, { SnsStore }, { S3Store }] = await Promise.all(
      ['persistence.js', 'sqs/sqsStore.js', 'sns/snsStore.js', 's3/s3Store.js'].map(part),
    );
    const persistence = new PersistenceManager(folder);
    // What a process has written survives its end; only a power failure would require a sync.
    persistence.db.exec('pragma synchronous = off');
    const stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };
    persistence.load(stores.sqsStore, stores.snsStore, stores.s3Store);
    stores.sqsStore.persistence = persistence;
    stores.snsStore.persistence = persistence;
    for (const queue of stores.sqsStore.allQueues()) queue.persistence = persistence;
    await buildApp({ logger: false, stores }).listen({ port, host: HOST });
  },
  async kinesis() {
    const { default: kinesalite } = await import('kinesalite');
    kinesalite({ createStreamMs: 0, path: join(folder, 'streams') }).listen(port, HOST);
  },
};

await services[name as OwnServiceName]();
// Written now, because a process that is killed writes no cache.
flushCompileCache();
