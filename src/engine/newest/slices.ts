import type { Window } from '../request.js';
import { SharedEdges } from '../store/edges.js';
import { NewestFirst } from './first.js';
import type { EntryRun, NewestFacts, NewestOptions, NewestSource, NewestTools } from './run.js';

/** Opens the entries of one stream in consecutive windows, newest first. Several are read one after the other. */
export function openNewest(
  tools: NewestTools,
  windows: readonly Window[],
  options: Omit<NewestOptions, 'window'>,
): NewestSource {
  const [window, ...older] = windows as readonly [Window, ...Window[]];
  let current = new NewestFirst(tools, { ...options, window });
  if (older.length === 0) return current;
  const facts: NewestFacts = { ...current.facts };
  const edges = new SharedEdges(tools.isShared ?? (() => false));
  const next = async (): Promise<EntryRun | undefined> => {
    const run = await current.next();
    const { firstAt, at, doubt, isFinal, unordered, lost } = current.facts;
    facts.firstAt ||= firstAt;
    facts.at = Math.max(facts.at, at);
    facts.doubt ??= doubt;
    facts.isFinal ||= isFinal;
    facts.unordered ||= unordered;
    facts.lost ||= lost;
    facts.fetched += run?.entries.length ?? 0;
    // Positions and counts of a page are those of its own window.
    if (run !== undefined) return { entries: run.entries.filter((entry) => edges.isNew(options.stream.index, entry)) };
    const slice = older.shift();
    if (slice === undefined) return undefined;
    edges.nextWindow();
    current = new NewestFirst(tools, { ...options, window: slice, first: undefined });
    return next();
  };
  return { facts, isCountSure: true, next };
}
