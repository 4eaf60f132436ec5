import { BlockList, isIP } from 'node:net';

/** Matches addresses and networks (`10.0.0.0/8`, `2001:db8::/32`) in any spelling. Returns the first text that is not an address, if there is one. */
export function addressMatcher(wanted: readonly string[]): ((address: string) => boolean) | string {
  const list = new BlockList();
  for (const text of wanted) {
    const [address = '', prefix, ...more] = text.split('/');
    const version = isIP(address);
    if (version === 0 || more.length > 0 || address.includes('%')) return text;
    const family = version === 4 ? 'ipv4' : 'ipv6';
    if (prefix === undefined) list.addAddress(address, family);
    else if (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128)) {
      list.addSubnet(address, Number(prefix), family);
    } else return text;
  }
  return (address) => {
    const version = isIP(address);
    return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6');
  };
}
