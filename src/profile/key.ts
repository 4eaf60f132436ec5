import { keyError } from '../errors.js';
import { makeKeyOfParts, makeSecret } from '../keys.js';
import { faultOfKey, isCompound, isServiceAccount, type ProviderAuth, partsOf } from '../providers/auth.js';

/** Makes keys for a vendor's sign-in. Rejects one that lacks a part, which the error names, and never shows a word of it. */
export function keyMaker(auth: ProviderAuth): typeof makeSecret {
  if (!isCompound(auth)) return makeSecret;
  return (value, from) => {
    const key = makeKeyOfParts(value, from);
    const fault = faultOfKey(auth, key.reveal());
    if (fault !== undefined) throw keyError(`the API key from ${from} cannot be used: ${fault}`, formOf(auth));
    return key;
  };
}

/** How a key is written. */
export function formOf(auth: ProviderAuth): string {
  if (isServiceAccount(auth))
    return 'It is the JSON file that was made with the service account: auditlog auth login --with-token < account.json';
  const names = Object.keys(partsOf(auth));
  const json = JSON.stringify(Object.fromEntries(names.map((name) => [name, '…'])));
  return `It is written as ${names.join(':')}, or as JSON: ${json}. auditlog auth login asks for each part.`;
}
