import { describe, expect, it } from 'vitest';
import { isLoopbackHost, isPrivateName, isPublicAddress } from './public-address.ts';

describe('a public address', () => {
  it.each(['1.1.1.1', '8.8.8.8', '172.32.0.1', '192.169.0.1', '2606:4700::1111', '2a00:1450::1'])(
    'is %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    '2001:db8::1',
    '2002:7f00:1::',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'ff02::1',
    'localhost',
    '',
  ])('is not %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

it.each(['localhost', '127.0.0.1', '127.9.9.9', '[::1]'])('%s names this machine', (host) => {
  expect(isLoopbackHost(host)).toBe(true);
});

it.each(['localhost.example.com', '127.0.0.1.example.com', '10.0.0.1', '[::2]', 'xlocalhost'])(
  '%s does not name this machine',
  (host) => expect(isLoopbackHost(host)).toBe(false),
);

it.each([
  'localhost',
  'localhost.',
  'a.localhost',
  'printer.local',
  'x.y.internal.',
  'nas.home.arpa',
  'intranet',
])('%s is a name that is never public', (host) => expect(isPrivateName(host)).toBe(true));

it.each(['example.com', 'local.example', 'internal.example.com.', 'xlocalhost.net', 'arpa.example'])(
  '%s may be public',
  (host) => expect(isPrivateName(host)).toBe(false),
);
