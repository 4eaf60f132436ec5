import { keyError } from '../errors.js';
import type { MissingKeyAdvice } from '../keys/find.js';
import { makeKeyOfParts, makeSecret } from '../keys.js';
import { faultOfKey, isCompound, isServiceAccount, type ProviderAuth, partsOf } from '../providers/auth.js';
import { fillBraces } from '../providers/braces.js';
import type { Provider } from '../providers/provider.js';

/** Makes keys for a vendor's sign-in. Rejects a key that lacks a part; the error names the part and never shows the key. */
export function keyMaker(auth: ProviderAuth): typeof makeSecret {
  if (!isCompound(auth)) return makeSecret;
  return (value, from) => {
    const key = makeKeyOfParts(value, from);
    const fault = faultOfKey(auth, key.reveal());
    if (fault !== undefined) throw keyError(`the API key from ${from} cannot be used: ${fault}`, formOf(auth));
    return key;
  };
}

/** How to write a key. */
export function formOf(auth: ProviderAuth): string {
  if (isServiceAccount(auth))
    return 'It is the JSON file that was made with the service account: auditlog auth login --with-token < account.json';
  const names = Object.keys(partsOf(auth));
  const json = JSON.stringify(Object.fromEntries(names.map((name) => [name, '…'])));
  return `It is written as ${names.join(':')}, or as JSON: ${json}. auditlog auth login asks for each part`;
}

/** The flags of a line that `auth login` also accepts. */
interface LoginPlace {
  readonly profile?: string;
  readonly provider?: string;
  readonly baseUrl?: string;
  readonly tokenUrl?: string;
  readonly org?: readonly string[];
  readonly vars?: readonly string[];
}

/**
 * The command that saves a key for the same place, and the address where the vendor makes keys. `vars`: the values of its variables, each
 * `name=value`.
 */
export function missingKeyAdvice(
  { needs, title }: Provider,
  flags: LoginPlace,
  vars: readonly string[],
): MissingKeyAdvice {
  const given = [
    ['--profile', flags.profile],
    ['--provider', flags.provider],
    ['--base-url', flags.baseUrl],
    ['--token-url', flags.tokenUrl],
    ...(flags.org ?? []).map((org) => ['--org', org] as const),
    ...(flags.vars ?? []).map((one) => ['--var', one] as const),
  ].flatMap(([flag, value]) => (value === undefined ? [] : [`${flag} ${shellWord(value)}`]));
  const valueOfVariable = (name: string) => vars.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
  const address = typeof needs === 'string' ? undefined : needs.key;
  return {
    login: ['auditlog auth login', ...given].join(' '),
    made:
      address === undefined
        ? typeof needs === 'string'
          ? `${title}: ${needs.replace(/\.$/, '')}`
          : undefined
        : `${title} makes keys at: ${fillBraces(address, valueOfVariable)}`,
  };
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
