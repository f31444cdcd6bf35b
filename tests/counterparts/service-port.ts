import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** Most ports that services use by convention are lower. */
const LOWEST = 10_000;
/** By default, Linux assigns ports from here on to outgoing connections; macOS and Windows from 49,152. */
const EPHEMERAL_START = 32_768;
const RANGE_FILE = '/proc/sys/net/ipv4/ip_local_port_range';
/** Ports of services that a machine may start later, and 10080, which browsers and `fetch` refuse. */
const TAKEN_BY_CONVENTION: ReadonlySet<number> = new Set([10_080, 11_211, 15_672, 25_672, 27_017]);

/** From the lowest to the highest port, inclusive. */
export type PortRange = { readonly lowest: number; readonly highest: number };

/**
 * The ports that a system never assigns to outgoing connections or to servers that request any free port.
 *
 * @param ephemeral the content of Linux's `/proc/sys/net/ipv4/ip_local_port_range`; null on other systems
 */
export function fixedPorts(ephemeral: string | null): PortRange {
  const [start = EPHEMERAL_START, end = 0] = ephemeral?.trim().split(/\s+/).map(Number) ?? [];
  if (start > LOWEST + 1_000) return { lowest: LOWEST, highest: start - 1 };
  // A system that is configured to use almost all ports leaves only the upper or the lower ones.
  return 65_535 - end > 1_000 ? { lowest: end + 1, highest: 65_535 } : { lowest: 1_024, highest: start - 1 };
}

/**
 * Makes a function that finds free ports of 127.0.0.1 for services: random ones of a range, each port at most once.
 *
 * @param random a number from 0 (inclusive) to 1 (exclusive)
 */
export function createServicePorts(range: PortRange, random: () => number): () => Promise<number> {
  const given = new Set<number>();
  const count = range.highest - range.lowest + 1;
  return async () => {
    for (let tries = 0; tries < count * 20; tries += 1) {
      const port = range.lowest + Math.floor(random() * count);
      if (given.has(port) || TAKEN_BY_CONVENTION.has(port)) continue;
      given.add(port);
      if (await isFree(port)) return port;
    }
    throw new Error(`No port from ${range.lowest} to ${range.highest} is free.`);
  };
}

/** The ports of this system for services of tests. */
export const SERVICE_PORTS = fixedPorts(existsSync(RANGE_FILE) ? readFileSync(RANGE_FILE, 'utf8') : null);

/**
 * Finds a port of 127.0.0.1 for a service that a test starts. The system assigns it to no other process while the service is not
 * running: neither before its start, nor between a kill and a restart.
 */
export const servicePort = createServicePorts(SERVICE_PORTS, Math.random);

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
