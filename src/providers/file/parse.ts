import { usageError } from '../../errors.js';
import type { ProviderAuth } from '../auth.js';
import type { Provider } from '../provider.js';
import { checkShape, type Problem } from '../shape/check.js';
import { checkRules } from './rules.js';
import { PROVIDER_FILE } from './shape.js';

/** The vendor that a file describes, and its examples of entries. */
export interface ProviderFile {
  readonly provider: Provider;
  readonly examples: readonly unknown[];
}

/** Maximum number of problems to show at once. */
const MOST = 20;

/**
 * Parses a vendor's file and fills in defaults. `from` names the file in messages. Throws a usage error that lists every problem with its path:
 * `$.paging.style: "pages" is not one of page, offset, cursor, link`.
 */
export function toProviderFile(value: unknown, from: string): ProviderFile {
  const shaped = checkShape(PROVIDER_FILE, value);
  if (shaped.length > 0) throw refused(from, shaped);
  const { $schema: _, examples = [], ...data } = value as ProviderData;
  const provider = withDefaults(data);
  const ruled = checkRules(provider);
  if (ruled.length > 0) throw refused(from, ruled);
  return { provider, examples };
}

/** A file's data, once its shape is checked. */
type ProviderData = Pick<Provider, 'name' | 'auth' | 'paging' | 'fields'> &
  Partial<Provider> & { readonly $schema?: string; readonly examples?: readonly unknown[] };

function withDefaults(data: Omit<ProviderData, '$schema' | 'examples'>): Provider {
  const { name, auth, headers, paging, fields, ...rest } = data;
  return {
    name,
    title: name,
    base: undefined,
    path: '',
    defaultOrg: undefined,
    auth: signIn(auth),
    ...(headers === undefined ? {} : { headers: lowered(headers) }),
    filters: {},
    dates: { format: 'day' },
    paging: { ...paging, max: paging.max ?? USUAL_MAX },
    items: '',
    total: undefined,
    fields,
    actions: {},
    actionsComplete: false,
    rate: { default: 60 },
    needs: 'The key must be allowed to see the audit log.',
    assumed: [],
    ...rest,
  };
}

/** The default size of pages. */
const USUAL_MAX = 1000;

/** Defaults of the sign-in: without a type the key goes into a header; without a header a token is sent as OAuth 2 says. */
function signIn(auth: ProviderAuth): ProviderAuth {
  const { headers } = auth;
  const more = headers === undefined ? {} : { headers: lowered(headers) };
  if (auth.type === 'basic') return { ...auth, ...more };
  if (auth.type === 'token') {
    const { header = 'authorization', scheme } = auth;
    const usual = scheme === undefined && header.toLowerCase() === 'authorization' ? { scheme: 'Bearer' } : {};
    return { ...auth, ...more, ...usual, header: header.toLowerCase() };
  }
  return { ...auth, ...more, type: 'header', header: auth.header.toLowerCase() };
}

function lowered(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function refused(from: string, problems: readonly Problem[]): Error {
  const lines = problems.slice(0, MOST).map(({ path, message }) => `${path}: ${message}`);
  const more = problems.length > MOST ? [`and ${problems.length - MOST} more`] : [];
  const help = 'auditlog provider show invent prints a whole one; auditlog provider check FILE checks yours.';
  const [first = '', ...others] = [...lines, ...more, help];
  return usageError(`${from}: ${first}`, others.join('\n'));
}
