import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createAccess } from './access.ts';

describe('hostIsOurs', () => {
  const isOurs = (port: number, host: string): boolean =>
    createAccess('token', port).hostIsOurs({ headers: { host } } as IncomingMessage);

  it('takes the names of this machine with its port, as browsers send them', () => {
    for (const host of ['127.0.0.1:8080', 'localhost:8080']) expect(isOurs(8_080, host)).toBe(true);
    for (const host of ['127.0.0.1', 'localhost:8081', 'evil.example:8080', ''])
      expect(isOurs(8_080, host)).toBe(false);
  });

  it('takes them without the port where that is the one of http, which browsers leave out', () => {
    for (const host of ['127.0.0.1', 'localhost']) expect(isOurs(80, host)).toBe(true);
    expect(isOurs(80, 'evil.example')).toBe(false);
  });
});
