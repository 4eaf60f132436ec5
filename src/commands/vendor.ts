import type { Context } from '../context.js';
import { AuditlogError } from '../errors.js';
import { FILTERS, flagOf } from '../filters.js';
import { namedProvider } from '../profile.js';
import { namesOrg } from '../providers/org.js';
import type { Provider } from '../providers/provider.js';
import { hasField } from '../query/check.js';
import type { HelpView } from './layout.js';

/**
 * The vendor that a line, the environment or the profile names, and the flags that do not apply to it. Undefined if none is named, or it cannot be
 * read.
 */
export async function vendorOf(ctx: Context, words: readonly string[]): Promise<HelpView['vendor']> {
  const [provider, profile] = ['--provider', '--profile'].map((flag) => givenValue(words, flag));
  try {
    const found = await namedProvider(ctx, {
      ...(provider === undefined ? {} : { provider }),
      ...(profile === undefined ? {} : { profile }),
    });
    return found === undefined ? undefined : { title: found.title, lacks: lackingFlags(found) };
  } catch (error) {
    // Help works even if the vendor cannot be read.
    if (error instanceof AuditlogError) return undefined;
    throw error;
  }
}

function givenValue(words: readonly string[], flag: string): string | undefined {
  const at = words.lastIndexOf(flag);
  if (at >= 0) return words[at + 1];
  return words.findLast((word) => word.startsWith(`${flag}=`))?.slice(flag.length + 1);
}

/** Flags that this vendor rejects: filters by fields that its entries do not have, and addresses that it does not need. */
export function lackingFlags(provider: Provider): readonly string[] {
  const filters = FILTERS.filter((row) => !hasField(provider, row)).map(flagOf);
  return [
    ...filters,
    ...(namesOrg(provider) ? [] : ['--org']),
    ...(Object.keys(provider.variables ?? {}).length > 0 ? [] : ['--var']),
    ...(provider.auth.type === 'token' ? [] : ['--token-url']),
  ];
}
