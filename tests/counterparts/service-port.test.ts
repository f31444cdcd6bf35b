import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createServicePorts, fixedPorts, SERVICE_PORTS, servicePort } from './service-port.ts';

/** A `random` that chooses these ports of a range, in order. */
const chooses = (wanted: readonly number[], lowest: number, highest: number): (() => number) => {
  const left = [...wanted];
  return () => ((left.shift() ?? lowest) - lowest + 0.5) / (highest - lowest + 1);
};

async function withServer(work: (port: number) => Promise<void>): Promise<void> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  await work((server.address() as AddressInfo).port);
  server.close();
  await once(server, 'close');
}

describe('the ports of services', () => {
  it.each([
    ['32768\t60999\n', 10_000, 32_767],
    ['15000\t65000\n', 10_000, 14_999],
    ['1024\t60999\n', 61_000, 65_535],
    ['9000\t65535\n', 1_024, 8_999],
    [null, 10_000, 32_767],
  ])("are outside of the system's ephemeral range, %j", (ephemeral, lowest, highest) => {
    expect(fixedPorts(ephemeral)).toEqual({ lowest, highest });
  });

  it('are free, and each is used once', () =>
    withServer(async (used) => {
      const range = { lowest: used - 1, highest: used + 1 };
      const wanted = [used, used - 1, used - 1, used, used + 1, used + 1];
      const next = createServicePorts(range, chooses(wanted, range.lowest, range.highest));
      const found = await Promise.allSettled([next(), next()]);
      const ports = found.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      expect(ports).not.toContain(used);
      expect(new Set(ports).size).toBe(ports.length);
      await expect(next()).rejects.toThrow(`No port from ${used - 1} to ${used + 1} is free.`);
    }));

  it('exclude those that browsers refuse', async () => {
    const next = createServicePorts({ lowest: 10_080, highest: 10_080 }, Math.random);
    await expect(next()).rejects.toThrow('No port from 10080 to 10080 is free.');
  });

  it('are not assigned to a server that requests any free port', async () => {
    const port = await servicePort();
    const { lowest, highest } = SERVICE_PORTS;
    expect(port >= lowest && port <= highest).toBe(true);
    await withServer(async (given) => {
      expect(given >= lowest && given <= highest).toBe(false);
    });
  });
});
