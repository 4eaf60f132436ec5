import { isObject } from '../../json/is.js';
import type { GuessNote } from './fields.js';
import { fold } from './leaves.js';

/** The parts of an answer besides its body. */
export interface AnswerAround {
  /** The requested address. */
  readonly url?: URL;
  /** The value of the Link header. */
  readonly link?: string | undefined;
}

export interface GuessedPages {
  readonly paging: Readonly<Record<string, unknown>>;
  readonly total?: string;
  readonly notes: readonly GuessNote[];
}

interface Around {
  readonly path: string;
  readonly name: string;
  readonly value: unknown;
}

/** Everything around the entries of an answer. */
function around(value: unknown, items: string, path = '', depth = 0): readonly Around[] {
  if (!isObject(value) || depth > 3) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = path === '' ? key : `${path}.${key}`;
    if (at === items || Array.isArray(inner)) return [];
    return isObject(inner) ? around(inner, items, at, depth + 1) : [{ path: at, name: fold(key), value: inner }];
  });
}

const SIZES =
  'limit perpage pagesize maxresults take count top size pagelimit first rows maxrecords recordsperpage'.split(' ');

/** Guesses the paging. `rows`: the entries of the answer. */
export function guessPages(answer: unknown, items: string, rows: number, { url, link }: AnswerAround): GuessedPages {
  const all = around(answer, items);
  const notes: GuessNote[] = [];
  const note = (key: string, text: string, certainty: GuessNote['certainty']) => notes.push({ key, text, certainty });
  const parameters = [...(url?.searchParams.keys() ?? [])];
  const size = parameters.find((name) => SIZES.includes(fold(name)));
  const stated = all.find(
    ({ name, value }) => SIZES.includes(name) && typeof value === 'number' && value >= rows && value > 0,
  );
  const asked = Number(url?.searchParams.get(size ?? '') ?? Number.NaN);
  const max = Number.isInteger(asked) && asked > 0 ? asked : Number(stated?.value ?? 100);
  const common = { ...(size === undefined ? { size: sizeName(stated?.path) } : { size }), max };
  note(
    'paging.size',
    `${JSON.stringify(common.size)}${size === undefined ? ': the vendor documents its name' : ''}`,
    size === undefined ? 'unsure' : 'likely',
  );
  note('paging.max', `${max}: the vendor documents the largest page`, 'unsure');
  const more = all.find(({ name, value }) => typeof value === 'boolean' && MORE.test(name));
  if (more !== undefined) note('paging.hasMore', more.path, 'sure');
  const hasMore = more === undefined ? {} : { hasMore: more.path };
  const total = totalOf(all, rows, more?.value === true);
  if (total !== undefined) note('total', total.path, total.value === rows ? 'unsure' : 'sure');
  const done = (paging: object): GuessedPages => ({
    paging: { ...paging, ...common, ...hasMore },
    notes,
    ...(total === undefined ? {} : { total: total.path }),
  });

  if (link !== undefined && /rel="?next/.test(link)) {
    note('paging.style', 'link: the Link header names the next page', 'sure');
    return done({ style: 'link' });
  }
  const next = nextOf(all);
  if (next !== undefined && isLink(next)) {
    note(
      'paging.style',
      `link: the address of the next page is at ${next.path}`,
      next.value === null ? 'likely' : 'sure',
    );
    return done({ style: 'link', next: next.path });
  }
  if (next !== undefined) {
    const cursor =
      parameters.find((name) => /cursor|token|after|offset|continuation|startingfrom/.test(fold(name))) ??
      cursorName(next.path);
    note('paging.style', `cursor: the next page is named at ${next.path}`, next.value === null ? 'likely' : 'sure');
    note('paging.cursor', `${JSON.stringify(cursor)}: the vendor documents its name`, 'unsure');
    return done({ style: 'cursor', cursor, next: next.path });
  }
  const page = all.find(({ name, value }) => PAGE.test(name) && typeof value === 'number');
  const offset = all.find(
    ({ name, value }) => /^(?:offset|skip|start|startat|startindex)$/.test(name) && typeof value === 'number',
  );
  if (page === undefined && offset !== undefined) {
    note('paging.style', `offset: the answer tells the first row at ${offset.path}`, 'likely');
    return done({
      style: 'offset',
      offset: parameters.find((name) => fold(name) === offset.name) ?? lastOf(offset.path),
    });
  }
  const named = parameters.find((name) => PAGE.test(fold(name)));
  const first = page?.value === 0 ? { first: 0 } : {};
  note(
    'paging.style',
    page === undefined ? 'page: the answer names no next page' : `page: the answer tells its number at ${page.path}`,
    page === undefined ? 'unsure' : 'likely',
  );
  if (page?.value === 0) note('paging.first', '0', 'likely');
  return done({
    style: 'page',
    page: named ?? (page !== undefined && /^page(?:num(?:ber)?)?$/.test(page.name) ? lastOf(page.path) : 'page'),
    ...first,
  });
}

const MORE = /^(?:hasmore(?:pages|results|items)?|hasnext(?:page)?|nextpage|more(?:available)?|istruncated)$/;
const PAGE = /^(?:page|pagenumber|pageindex|pageno|pagenum|currentpage)$/;
const NEXT = /next|cursor|continuation|lastid|^after$/;

function nextOf(all: readonly Around[]): Around | undefined {
  const named = all.filter(({ name, path, value }) => {
    if (typeof value !== 'string' && value !== null) return false;
    return (
      (NEXT.test(name) || /\.next\.(?:href|url|after|cursor)$|^(?:_?links)\.next/i.test(path)) && !/prev/.test(name)
    );
  });
  return named.find(({ value }) => typeof value === 'string' && value !== '') ?? named[0];
}

function isLink({ value, name, path }: Around): boolean {
  if (typeof value === 'string' && value !== '') return /^(?:https?:\/\/|\/|\?)/.test(value);
  return /url|link|href|uri/.test(name) || /links/i.test(path);
}

/** A count of all entries. The size of the page is not a count if there are more pages. */
function totalOf(all: readonly Around[], rows: number, hasMore: boolean): Around | undefined {
  const named = all.filter(({ name, value }) => TOTAL.test(name) && typeof value === 'number' && value >= rows);
  const larger = named.find(({ value }) => (value as number) > rows);
  return larger ?? (hasMore || nextOf(all)?.value ? undefined : named[0]);
}

const TOTAL =
  /^(?:total|totalcount|totalrecords|totalsize|totalitems|totalresults|totalelements|count|recordcount|totalhits)$/;

/** The parameter for a cursor, by its name in the answer. */
function cursorName(path: string): string {
  const last = lastOf(path);
  const name = fold(last);
  if (name === 'nextpagetoken') return last.includes('_') ? last : 'pageToken';
  if (/^(?:endcursor|lastid|after)$/.test(name)) return 'after';
  if (/token$|position$|startingfrom$/.test(name)) return last;
  return 'cursor';
}

function sizeName(path: string | undefined): string {
  return path === undefined ? 'limit' : lastOf(path);
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}
