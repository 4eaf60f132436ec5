import { pagingStyle } from '../../engine/paging.js';
import type { Place } from '../../engine/request.js';
import type { Paging, Provider } from '../../providers/provider.js';
import { readPath } from '../../providers/value.js';
import type { LiveAnswer, LiveEntry, LiveFinding, LiveRequests } from './ask.js';
import { firstPlace, type LiveFirst } from './first.js';

/** What page two, page zero and the page after the last show. */
export interface LiveSecond {
  readonly findings: readonly LiveFinding[];
  /** The entries of the second page. */
  readonly entries: readonly LiveEntry[];
}

export async function secondPage(requests: LiveRequests, provider: Provider, first: LiveFirst): Promise<LiveSecond> {
  const rows = first.answer.entries ?? [];
  const place = nextPlace(provider, first, rows.length);
  if (place === undefined) return { findings: unnamed(provider, first, rows.length), entries: [] };
  const second = await requests.ask({ ...first.question, place });
  if (second === undefined) return { findings: [], entries: [] };
  const findings = await judge(requests, provider, { first, rows, second });
  return { findings, entries: second.entries ?? [] };
}

interface BothPages {
  readonly first: LiveFirst;
  readonly rows: readonly LiveEntry[];
  readonly second: LiveAnswer;
}

async function judge(
  requests: LiveRequests,
  provider: Provider,
  { first, rows, second }: BothPages,
): Promise<readonly LiveFinding[]> {
  const { paging } = provider;
  const at = `$.paging.${parameterKey(paging)}`;
  if (second.refused !== undefined) {
    const { status, message } = second.refused;
    return [
      {
        path: at,
        text: `the second page is refused (${status}${message === '' ? '' : `: ${message}`}): is ${parameterOf(paging)} the right parameter?`,
      },
    ];
  }
  const more = second.entries ?? [];
  const place = more[0] === undefined ? -1 : rows.findIndex(({ key }) => key === more[0]!.key);
  if (place === 0 && isSame(rows, more)) return again(requests, provider, first, rows);
  if (place > 0 && paging.style === 'page')
    return [
      {
        path: '$.paging.style',
        text: `page two begins with entry ${place + 1} of page one: the server counts rows, not pages: say "style": "offset", "offset": "${paging.page}"`,
      },
    ];
  const zero = paging.style === 'page' && (paging.first ?? 1) === 1 ? await pageZero(requests, first, rows) : [];
  if (zero.length > 0) return zero;
  const isNew = more.some(({ key }) => rows.every((one) => one.key !== key));
  return isNew ? judgeMore(provider, first, rows.length) : judgeNothing(provider, first, rows.length);
}

/** The second page is the first again: the parameter is not read, or pages begin with 1 and the server takes 0 for it. */
async function again(
  requests: LiveRequests,
  { paging }: Provider,
  first: LiveFirst,
  rows: readonly LiveEntry[],
): Promise<readonly LiveFinding[]> {
  if (paging.style === 'page' && paging.first === 0) {
    const third = await requests.ask({ ...first.question, place: { page: 2 } });
    if (third?.entries !== undefined && third.entries.length > 0 && !isSame(rows, third.entries))
      return [{ path: '$.paging.first', text: 'pages 0 and 1 are the same: say "first": 1' }];
  }
  const text = `the second page is the first again: the server does not read ${parameterOf(paging)}, so that is not the parameter's name`;
  return [{ path: `$.paging.${parameterKey(paging)}`, text }];
}

async function pageZero(
  requests: LiveRequests,
  first: LiveFirst,
  rows: readonly LiveEntry[],
): Promise<readonly LiveFinding[]> {
  const zero = await requests.ask({ ...first.question, place: { page: 0 } });
  const entries = zero?.refused === undefined ? (zero?.entries ?? []) : [];
  if (entries.length === 0 || entries.some(({ key }) => rows.some((one) => one.key === key))) return [];
  return [{ path: '$.paging.first', text: 'page 0 has other entries than page 1: say "first": 0' }];
}

/** There is a second page: what the first one said of itself is compared with that. */
function judgeMore(provider: Provider, { answer, question }: LiveFirst, rows: number): readonly LiveFinding[] {
  const { paging, total } = provider;
  const findings: LiveFinding[] = [];
  const count = total === undefined ? undefined : answer.page?.count;
  if (count !== undefined && count <= rows)
    findings.push({
      path: '$.total',
      text: `the server counts ${count}, and the second page has more: it counts the entries of a page, so leave "total" out`,
    });
  if (paging.hasMore !== undefined && readPath(answer.envelope, paging.hasMore) === false)
    findings.push({
      path: '$.paging.hasMore',
      text: `it is false at ${paging.hasMore} on the first page, and the second one has more: leave it out`,
    });
  const asked = question.size ?? paging.max;
  if (paging.size !== undefined && rows < asked)
    findings.push({
      path: '$.paging.max',
      text: `asked for ${asked}, got ${rows}, and there are more: say "max": ${rows}`,
    });
  return findings;
}

/** The second page has nothing new, though the first one says that there is more. */
function judgeNothing({ paging, total }: Provider, { answer }: LiveFirst, rows: number): readonly LiveFinding[] {
  const count = total === undefined ? undefined : answer.page?.count;
  const isMoreDue = answer.page?.more === true || (count !== undefined && count > rows);
  if (!isMoreDue) return [];
  if (paging.style === 'offset')
    return [
      {
        path: '$.paging.style',
        text: `there is nothing from row ${rows} on, and the server says that there is more: does ${paging.offset} number pages?`,
      },
    ];
  return [
    {
      path: `$.paging.${parameterKey(paging)}`,
      text: 'the second page has nothing, though the first one says that there is more',
    },
  ];
}

/** The first page names no next one, as the file describes it. */
function unnamed({ paging, total }: Provider, { answer, question }: LiveFirst, rows: number): readonly LiveFinding[] {
  if (paging.style === 'none' || (paging.style !== 'cursor' && paging.style !== 'link')) return [];
  const count = total === undefined ? undefined : answer.page?.count;
  const isFull = paging.size !== undefined && rows >= (question.size ?? paging.max);
  const isMoreDue = isFull || answer.page?.more === true || (count !== undefined && count > rows);
  const [other] = [...textsNamed(answer.envelope, /next|cursor|continuation|after/i)];
  const linked = answer.headers.has('link') && paging.style === 'link' && typeof paging.next === 'string';
  if (linked)
    return [
      {
        path: '$.paging.next',
        text: `there is nothing at ${JSON.stringify(paging.next)}, but a Link header: leave "next" out`,
      },
    ];
  if (!isMoreDue && other === undefined) return [];
  const meant = other === undefined ? '' : `: say "next": "${other}"`;
  return [{ path: '$.paging.next', text: `the first page names no next page where the file says${meant}` }];
}

function* textsNamed(value: unknown, names: RegExp, path = '', depth = 0): Generator<string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > 3) return;
  for (const [key, inner] of Object.entries(value)) {
    const at = path === '' ? key : `${path}.${key}`;
    if (names.test(key) && typeof inner === 'string' && inner !== '') yield at;
    else yield* textsNamed(inner, names, at, depth + 1);
  }
}

function nextPlace(provider: Provider, { answer, question }: LiveFirst, rows: number): Place | undefined {
  const style = pagingStyle(provider.paging);
  const start = firstPlace(provider, question);
  if ('page' in start) return { page: start.page + 1 };
  if ('offset' in start) return rows === 0 ? undefined : { offset: rows };
  if (provider.paging.style === 'none' || style.access !== 'chain') return undefined;
  return answer.page?.next === undefined ? undefined : { next: answer.page.next };
}

function isSame(one: readonly LiveEntry[], other: readonly LiveEntry[]): boolean {
  return one.length > 0 && one.length === other.length && one.every(({ key }, at) => key === other[at]!.key);
}

function parameterKey({ style }: Paging): string {
  return style === 'page' || style === 'offset' || style === 'cursor' ? style : 'next';
}

function parameterOf(paging: Paging): string {
  if (paging.style === 'page') return paging.page;
  if (paging.style === 'offset') return paging.offset;
  return paging.style === 'cursor' ? paging.cursor : 'the link';
}
