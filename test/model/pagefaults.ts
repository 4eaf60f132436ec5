import type { Served } from '../../src/demo/envelope.js';
import { firstOf } from '../../src/demo/envelope.js';
import { PAGING } from '../../src/demo/paging.js';
import type { About, Fault } from './fault.js';
import { foreignTo } from './foreign.js';

/** Faults in what is shown: an older state, another page, rows too many or too few, a count that is wrong. */
export const pageFaults = {
  /** A replica that is behind by 1 to 30 s. */
  lag: { see: (seen, { random }) => ({ ...seen, at: seen.at - 1000 * (1 + random.below(30)) }) },
  'lag-3s': { see: (seen) => ({ ...seen, at: seen.at - 3000 }) },
  /** The page before the one that was asked for. */
  'page-repeated': { see: (seen, about) => ({ ...seen, place: placeBefore(seen.place, about) }) },
  /** The parameter is not read: it is always the first page. */
  'page-ignored': {
    see: (seen, { provider }) => ({ ...seen, place: PAGING[provider.paging.style].first(provider.paging) }),
  },

  'page-empty': { page: (page) => ({ ...page, texts: [] }) },
  /** A row in the middle is not shown, though it is counted. */
  'row-hidden': {
    page: (page, { random }) => ({ ...page, texts: without(page.texts, random.below(Math.max(1, page.texts.length))) }),
  },
  /** The newest row is never shown on the first page: no reading can find it. */
  'newest-hidden': {
    page: (page, { matching }) => ({ ...page, texts: page.texts.filter((text) => text !== matching[0]?.text) }),
  },
  /** More rows than were asked for. */
  'page-too-long': {
    page: (page, about) => ({ ...page, texts: [...page.texts, ...after(page, about).slice(0, 7)] }),
  },
  /** Past the end there are rows for ever. */
  'pages-endless': {
    page: (page, { matching, ask }) => ({
      ...page,
      texts: page.texts.length > 0 ? page.texts : matching.slice(-ask.take).map(({ text }) => text),
      hasMore: true,
    }),
  },
  /** Every page is said to have one after it, also the empty ones behind the end. */
  'pages-empty-on': { page: (page) => ({ ...page, hasMore: true }) },
  'duplicate-row': {
    page: (page, { random }) => {
      const n = random.below(Math.max(1, page.texts.length));
      return {
        ...page,
        texts: [...page.texts.slice(0, n), ...page.texts.slice(n, n + 1), ...page.texts.slice(n)].slice(0, page.take),
      };
    },
  },
  /** The same id with something else in it than before. */
  'other-bytes': {
    page: (page, { random }) =>
      changed(
        page,
        random.below(Math.max(1, page.texts.length)),
        (text) => `{"altered":true,${text.trimStart().slice(1)}`,
      ),
  },
  /** A row of another organization, as from a shared cache. */
  'wrong-org': {
    page: (page, { random }) =>
      changed(page, random.below(Math.max(1, page.texts.length)), (text) =>
        text
          .replace(/"org":\{"id":"[^"]*"/, '"org":{"id":"org_somebody0else1000000"')
          .replace(/"id":"al_/, '"id":"al_x'),
      ),
  },
  /** A row that was not asked for in place of one that was: of another action, or of days far away. */
  'foreign-row': {
    page: (page, { ask, all, random }) => {
      const foreign = foreignTo(ask, all, random.below(2 ** 20))[0];
      if (foreign === undefined) return page;
      return changed(page, random.below(Math.max(1, page.texts.length)), () => foreign.entry.text);
    },
  },
  unordered: {
    page: (page) => ({
      ...page,
      texts: [...page.texts.slice(1, 2), ...page.texts.slice(0, 1), ...page.texts.slice(2)],
    }),
  },

  /** How many rows this page has, and not how many there are. */
  'count-of-page': { page: (page) => ({ ...page, total: String(page.texts.length) }) },
  'count-missing': { page: (page) => ({ ...page, total: undefined }) },
  'count-capped': { page: (page) => ({ ...page, total: String(Math.min(1000, numberIn(page))) }) },
  'count-plus-one': { page: (page) => ({ ...page, total: String(numberIn(page) + 1) }) },
  'count-minus-one': { page: (page) => ({ ...page, total: String(Math.max(0, numberIn(page) - 1)) }) },
  'count-doubled': { page: (page) => ({ ...page, total: String(numberIn(page) * 2) }) },
  'count-two-headers': { page: (page) => ({ ...page, total: [String(numberIn(page)), String(numberIn(page) + 3)] }) },
  'count-zero': { page: (page) => ({ ...page, total: '0' }) },
  /** Any number, another one each time. */
  'count-lying': { page: (page, { random }) => ({ ...page, total: String(random.below(2 * numberIn(page) + 10)) }) },
  'count-no-number': {
    page: (page, { random }) => ({
      ...page,
      total: random.pick(['-1', 'NaN', '1e3', '9007199254740993', '1,204', '0x10', 'many']),
    }),
  },
} as const satisfies Readonly<Record<string, Fault>>;

function numberIn({ total }: Served): number {
  return Number(typeof total === 'string' ? total : (total?.[0] ?? 0));
}

function placeBefore(place: number, { ask, provider }: Pick<About, 'ask' | 'provider'>): number {
  const first = PAGING[provider.paging.style].first(provider.paging);
  return Math.max(first, place - (provider.paging.style === 'page' ? 1 : ask.take));
}

function without(texts: readonly string[], n: number): readonly string[] {
  return texts.filter((_, i) => i !== n);
}

function after(page: Served, { ask, matching, provider }: About): readonly string[] {
  return matching.slice(firstOf(provider, ask, page.take) + page.take).map(({ text }) => text);
}

function changed(page: Served, n: number, change: (text: string) => string): Served {
  return { ...page, texts: page.texts.map((text, i) => (i === n ? change(text) : text)) };
}
