import type { Context } from '../context.js';
import { type AuditlogError, usageError } from '../errors.js';
import { decoded } from '../http/decoded.js';
import { suggest } from '../suggest.js';
import type { Destination, DestinationEntry, DestinationOptions, OpenDestination } from './destination.js';
import { type DestinationName, FORMS } from './forms.js';
import { SECRET_PLACES } from './secret.js';

/** The lazy door of each destination. A new one is a folder, a line here and a line in forms.ts. */
const OPENERS: Readonly<Record<DestinationName, () => Promise<OpenDestination>>> = {
  archive: async () => (await import('./archive/open.js')).openArchive,
  standardOutput: async () => (await import('./stdout.js')).openStandardOutput,
  s3: async () => (await import('./s3/open.js')).openS3,
  clickhouse: async () => (await import('./clickhouse/open.js')).openClickHouse,
  splunk: async () => (await import('./splunk/open.js')).openSplunk,
  opensearch: async () => (await import('./elastic/open.js')).openOpenSearch,
  elastic: async () => (await import('./elastic/open.js')).openElastic,
  syslog: async () => (await import('./syslog/open.js')).openSyslog,
};

/** Every destination, in the order of the help. */
export const DESTINATIONS: readonly DestinationEntry[] = FORMS.map((form) => ({ ...form, load: OPENERS[form.name] }));

/** The destination that a URL, a path or `-` names. Throws a usage error for an unknown scheme, or a URL with a secret in it. */
export function findDestination(url: string): DestinationEntry {
  const scheme = schemeOf(url);
  const found = ofScheme(scheme);
  if (found === undefined) throw unknown(scheme);
  // A folder may have such a name, but that is rarely meant.
  const slip = scheme === '' ? /^([a-z][a-z0-9+.-]+):/i.exec(url)?.[1]?.toLowerCase() : undefined;
  const meant = slip === undefined ? undefined : ofScheme(slip);
  if (meant !== undefined) {
    const fix = `Example: ${meant.form}\nFor a folder of this name: ./${slip}:...`;
    throw usageError(`"${slip}:" needs two slashes after it`, fix);
  }
  if (scheme !== '' && scheme !== '-') refuseSecrets(url, found);
  return found;
}

function unknown(scheme: string): AuditlogError {
  const schemes = DESTINATIONS.flatMap((destination) => destination.schemes).filter((one) => one.length > 1);
  const near = suggest(scheme, schemes);
  const guess = near === undefined ? '' : `Did you mean ${near}://? `;
  const forms = DESTINATIONS.map(({ form }) => form).join(', ');
  return usageError(`destination ${scheme}:// does not exist`, `${guess}There are: ${forms}`);
}

function ofScheme(scheme: string): DestinationEntry | undefined {
  return DESTINATIONS.find(({ schemes }) => schemes.includes(scheme));
}

/** Opens what a URL, a path or `-` names. Sends nothing yet. Rejects with a usage error for an invalid one. */
export async function openDestination(ctx: Context, url: string, options: DestinationOptions): Promise<Destination> {
  const open = await findDestination(url).load();
  return open(ctx, url, options);
}

/** The part before `://`, in lower case; `-` for `-`, '' for a path. */
export function schemeOf(url: string): string {
  if (url === '-') return url;
  return /^([a-z][a-z0-9+.-]+):\/\//i.exec(url)?.[1]?.toLowerCase() ?? '';
}

const SECRET_NAME = /pass(word|wd|phrase)?$|^pwd$|token|secret|api[-_]?key|access[-_]?key|credential|signature|^auth/i;

/** Its message does not repeat the URL, which contains a secret. */
function refuseSecrets(url: string, { secretPlaces = SECRET_PLACES, takesUser }: DestinationEntry): void {
  const secret = secretIn(url, takesUser === true);
  if (secret === undefined) return;
  throw usageError(
    `a destination's address with a ${secret} in it is refused: others could read it there`,
    secretPlaces,
  );
}

/** What an address contains that has no place in it; undefined: nothing. */
function secretIn(url: string, takesUser: boolean): 'password' | 'secret' | 'user' | undefined {
  // Parsers of URLs take any number of slashes, and either kind.
  const [, rest = ''] = /^[^:]+:[/\\]*(.*)$/s.exec(url) ?? [];
  const [authority = ''] = rest.split(/[/\\?#]/);
  const user = authority.includes('@') ? authority.slice(0, authority.lastIndexOf('@')) : undefined;
  if (user?.includes(':') === true) return 'password';
  if (user !== undefined && looksLikeToken(decoded(user))) return 'secret';
  if (user !== undefined && !takesUser) return 'user';
  const parts = (/\?([^#]*)/.exec(rest)?.[1] ?? '').split('&').map((part) => part.split('=').map(decoded));
  if (parts.some(([name = '', ...value]) => SECRET_NAME.test(name) || (value.length === 0 && looksLikeToken(name))))
    return 'secret';
  return parts.some(([, value = '']) => /^[a-z]+:[/\\]*[^/\\?#]*@/i.test(value)) ? 'secret' : undefined;
}

/** Such as a UUID, or twenty characters and more without a break that mix letters and digits: no user has such a name. */
function looksLikeToken(text: string): boolean {
  if (/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text)) return true;
  return /(?=[a-z+/=]*\d)(?=[\d+/=]*[a-z])[a-z\d+/=]{20,}/i.test(text);
}
