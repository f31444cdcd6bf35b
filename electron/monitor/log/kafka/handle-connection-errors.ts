import type { Base } from '@platformatic/kafka';

/**
 * Adds a listener for the errors of all connections of a client, which are reported by its requests anyway. The client itself
 * listens only for the first error of each, but a connection that breaks while it authenticates has a second one: that it could not
 * be authenticated. Without a listener, that one would end the process.
 *
 * @returns the client
 */
export function handleConnectionErrors<Client extends Pick<Base, 'connections'>>(client: Client): Client {
  client.connections.on('connecting', ({ connection }) => {
    connection.on('error', () => undefined);
  });
  return client;
}
