import { BlockList, isIP } from 'node:net';

/**
 * Addresses that are not on the public internet. Sources: the IANA special-purpose address registries for IPv4 and IPv6
 * (RFC 6890 and its successors).
 */
const SPECIAL_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** Everything but global unicast (2000::/3), and the parts of it that embed another address or are reserved. */
const SPECIAL_IPV6 = ['::/3', '4000::/2', '8000::/1', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

/** Separate lists: in a single one, an IPv4 address would also match in its IPv6 form. */
const special = {
  ipv4: blockList(SPECIAL_IPV4, 'ipv4'),
  ipv6: blockList(SPECIAL_IPV6, 'ipv6'),
};

function blockList(subnets: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [net = '', prefix] = subnet.split('/');
    list.addSubnet(net, Number(prefix), family);
  }
  return list;
}

/** Whether an IP address is on the public internet. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !special.ipv4.check(address, 'ipv4');
    case 6:
      return !special.ipv6.check(address, 'ipv6');
    default:
      return false;
  }
}

/**
 * Names that lead to this machine or into its own network wherever they are resolved: RFC 6761 (localhost), RFC 6762 (local),
 * RFC 8375 (home.arpa), ICANN's reservation of internal, and names of one label.
 */
const PRIVATE_NAME = /^(.+\.)?(localhost|local|internal|home\.arpa)\.?$|^[^.:]+\.?$/;

/** Whether a URL's host is a name that is never on the public internet. */
export function isPrivateName(hostname: string): boolean {
  return PRIVATE_NAME.test(hostname);
}

/** Whether a URL's host names this machine: `localhost` or a loopback address. */
export function isLoopbackHost(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}
