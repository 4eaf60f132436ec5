import { AuditlogError, EXIT, serverError, usageError } from '../errors.js';
import type { Paging } from '../providers/provider.js';
import { isFirstPlace, pagingStyle } from './paging.js';
import type { FetchPage, Page } from './request.js';

/** Exit codes of errors that concern one organization only: not found, not allowed, or its server failed. */
const OWN: ReadonlySet<number> = new Set([EXIT.usage, EXIT.key, EXIT.server]);
const ATTEMPTS = 3;

/** Asks for pages of several organizations; one that fails does not stop the others. */
export interface OrgFetch {
  readonly fetch: FetchPage;
  /** An organization could not be read to its end. */
  readonly isLost: () => boolean;
}

/**
 * If an organization fails permanently, its later pages are empty and have a reason (`lost`), and `onLost` is called once. The failure of
 * the last organization is thrown. Two names of one organization are an error: its entries would be in the output twice.
 */
export function openOrgs(
  fetch: FetchPage,
  orgs: readonly string[],
  paging: Paging,
  onLost: (note: string) => void,
): OrgFetch {
  const lost = new Map<string, string>();
  if (orgs.length < 2) return { fetch, isLost: () => false };
  const tolerant: FetchPage = async (request) => {
    const { org } = request.stream;
    const before = lost.get(org);
    if (before !== undefined) return lostPage(before);
    try {
      return await fetch(request);
    } catch (error) {
      if (!(error instanceof AuditlogError) || !OWN.has(error.exitCode)) throw error;
      const known = lost.get(org);
      if (known !== undefined) return lostPage(known);
      if (orgs.every((other) => other === org || lost.has(other))) throw error;
      const note = `${org} cannot be read: ${error.message}`;
      lost.set(org, note);
      onLost(note);
      return lostPage(note);
    }
  };
  return { fetch: withoutTwins(tolerant, paging), isLost: () => lost.size > 0 };
}

function lostPage(lost: string): Page {
  return { entries: [], count: 0, next: undefined, more: false, at: 0, orgs: new Set(), unreadable: [], lost };
}

/** Throws if two organizations share most of a page: then they are one. Logs may have single entries in common, which are in the output for each. */
export function withoutTwins(fetch: FetchPage, paging: Paging): FetchPage {
  const style = pagingStyle(paging);
  const firsts = new Map<string, Map<string, ReadonlySet<string>>>();
  return async (request) => {
    const page = await fetch(request);
    if (!isFirstPlace(style, request.place)) return page;
    const { org, log, filters } = request.stream;
    const key = JSON.stringify([request.window, log, filters]);
    const seen = firsts.get(key) ?? new Map<string, ReadonlySet<string>>();
    const ids = new Set(page.entries.flatMap(({ id }) => (id === undefined ? [] : [id])));
    const twin = [...seen].find(([other, theirs]) => other !== org && shareMost(ids, theirs))?.[0];
    if (twin !== undefined)
      throw usageError(
        `--org ${twin} and --org ${org} are the same organization`,
        'Name it once: its events would be read twice',
      );
    if (ids.size > 0) firsts.set(key, seen.set(org, ids));
    return page;
  };
}

function shareMost(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const common = [...a].filter((id) => b.has(id)).length;
  return common > 0 && 2 * common > Math.min(a.size, b.size);
}

/**
 * Holds a stream to the organization of its first entries. Entries of another one mean a mixed-up cache or a misrouted request: the page is asked
 * for again, and then an error is thrown before any of it is used. Actions on organizations (`org.*`) may name others.
 */
export function sameOrg(fetch: FetchPage): FetchPage {
  const known = new Map<number, string>();
  return async (request) => {
    for (let attempt = 1; ; attempt += 1) {
      const page = await fetch(request);
      const own = known.get(request.stream.index) ?? [...page.orgs][0];
      if (own === undefined) return page;
      const foreign = [...page.orgs].find((org) => org !== own);
      if (foreign === undefined) {
        known.set(request.stream.index, own);
        return page;
      }
      if (attempt === ATTEMPTS)
        throw serverError(
          `the server sent entries of another organization: ${foreign} where ${own} was read`,
          'Nothing of that answer was written. A proxy or a cache between here and the API may be mixing up answers',
        );
    }
  };
}
