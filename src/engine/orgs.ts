import { AuditlogError, EXIT, usageError } from '../errors.js';
import type { Paging } from '../providers/provider.js';
import { isFirstPlace, pagingStyle } from './paging.js';
import type { FetchPage, Page } from './request.js';

/** Exit codes of errors that are one organization's own: not found, not allowed, or its server failed. */
const OWN: ReadonlySet<number> = new Set([EXIT.usage, EXIT.key, EXIT.server]);

/** Asks for pages of several organizations; one that fails does not take the others with it. */
export interface OrgFetch {
  readonly fetch: FetchPage;
  /** Whether any organization could not be read to its end. */
  readonly isLost: () => boolean;
}

/**
 * Where an organization fails for good, its pages are empty from then on and say why (`lost`), and `onLost` is told once. The failure
 * of the last one that was left is everybody's. Two names of the same organization are refused: its entries would be told twice.
 */
export function openOrgs(
  fetch: FetchPage,
  orgs: readonly string[],
  paging: Paging,
  onLost: (note: string) => void,
): OrgFetch {
  const lost = new Map<string, string>();
  if (orgs.length < 2) return { fetch, isLost: () => false };
  const tolerant: FetchPage = async (ask) => {
    const { org } = ask.stream;
    const before = lost.get(org);
    if (before !== undefined) return nothing(before);
    try {
      return await fetch(ask);
    } catch (error) {
      if (!(error instanceof AuditlogError) || !OWN.has(error.exitCode)) throw error;
      const known = lost.get(org);
      if (known !== undefined) return nothing(known);
      if (orgs.every((other) => other === org || lost.has(other))) throw error;
      const note = `${org} could not be read: ${error.message}`;
      lost.set(org, note);
      onLost(note);
      return nothing(note);
    }
  };
  return { fetch: withoutTwins(tolerant, paging), isLost: () => lost.size > 0 };
}

/** An answer that says nothing but that there is none. */
function nothing(lost: string): Page {
  return { entries: [], count: 0, next: undefined, more: false, at: 0, orgs: new Set(), unreadable: [], lost };
}

/** Two logs may have an entry in common, which is told for each of them; but two that share most of a page are one log. */
export function withoutTwins(fetch: FetchPage, paging: Paging): FetchPage {
  const style = pagingStyle(paging);
  const firsts = new Map<string, Map<string, ReadonlySet<string>>>();
  return async (ask) => {
    const page = await fetch(ask);
    if (!isFirstPlace(style, ask.place)) return page;
    const { org, filters } = ask.stream;
    const key = JSON.stringify([ask.window, filters]);
    const seen = firsts.get(key) ?? new Map<string, ReadonlySet<string>>();
    const ids = new Set(page.entries.flatMap(({ id }) => (id === undefined ? [] : [id])));
    const twin = [...seen].find(([other, theirs]) => other !== org && shareMost(ids, theirs))?.[0];
    if (twin !== undefined)
      throw usageError(
        `--org ${twin} and --org ${org} are the same organization`,
        'Name it once, or it would be told twice.',
      );
    if (ids.size > 0) firsts.set(key, seen.set(org, ids));
    return page;
  };
}

function shareMost(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const common = [...a].filter((id) => b.has(id)).length;
  return common > 0 && 2 * common > Math.min(a.size, b.size);
}
