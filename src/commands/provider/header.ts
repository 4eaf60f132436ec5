import { usageError } from '../../errors.js';

/** How the key is sent, and the other headers, from `--header`. */
export interface WrittenHeaders {
  readonly auth: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** Headers whose values are not secret. */
const PLAIN = /^accept$|^content-type$|version|^x-requested-with$/i;

/**
 * Reads `--header`: `X-Api-Key` and `Authorization: Bearer` name the header of the key, `Authorization: Token token={key}` also its place in the
 * value. A key itself is rejected, because other users of this machine can see the command line.
 */
export function keyHeader(values: readonly string[]): WrittenHeaders {
  const headers: Record<string, string> = {};
  let auth: Record<string, string> | undefined;
  for (const value of values) {
    const [, name = '', written = ''] = /^([A-Za-z0-9!#$%&'*+.^_`|~-]{1,64})\s*(?::\s*(.*))?$/.exec(value) ?? [];
    if (name === '') throw usageError('--header has no name', 'Write --header "Authorization: Bearer {key}"');
    if (PLAIN.test(name) && !written.includes('{key}')) headers[name.toLowerCase()] = written;
    else {
      if (auth !== undefined) throw usageError('--header names two headers for the key', 'Name one');
      auth = keyIn(name, written.trim());
    }
  }
  return { auth: auth ?? { header: 'authorization', scheme: 'Bearer' }, headers };
}

function keyIn(name: string, written: string): Record<string, string> {
  const header = name.toLowerCase();
  const scheme = /^([A-Za-z]{1,16})(?: \{key\})?$/.exec(written)?.[1];
  if (written === '' || written === '{key}') return { header };
  if (scheme !== undefined) return { header, scheme };
  if (written.includes('{key}')) return { header, value: written };
  throw usageError(
    `--header ${name}: a key does not belong on the command line`,
    `Write --header "${name}: {key}", and give the key in AUDITLOG_API_KEY`,
  );
}
