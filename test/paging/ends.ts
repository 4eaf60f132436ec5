import type { Row } from './log.js';
import type { Style } from './vendor.js';

/** An answer before it is written down. */
export interface Answer {
  readonly status: number;
  /** `null` and `undefined` stand in the envelope as they are: a list that is null, or left out. */
  readonly rows: readonly Row[] | null | undefined;
  readonly total: number | undefined;
  readonly more: boolean;
  /** The cursor of the next page. */
  readonly next: string | undefined;
  /** What a Link header says beside the address. */
  readonly results?: boolean;
}

/** Where an answer stands in what matches. */
export interface Place {
  /** Whether nothing follows it, and whether it is behind the last row. */
  readonly isLast: boolean;
  readonly isPast: boolean;
  /** Rows asked for. */
  readonly asked: number;
  /** The cursor that was asked with. */
  readonly own: string | undefined;
  /** The cursor of whatever follows, also where nothing does. */
  readonly following: string;
  /** The rows of the last page. */
  readonly lastPage: readonly Row[];
  /** The number of the request. */
  readonly request: number;
}

/** One way in which servers say that there is nothing more. */
export interface End {
  readonly name: string;
  readonly styles: readonly Style[];
  readonly answer: (answer: Answer, place: Place) => Answer;
  /** What the provider file says in place of the right words. */
  readonly provider?: { readonly next: string };
  /** What the reading may end with: `right` is the truth with exit 0, `refused` a named reason with another code. */
  readonly mayEnd: 'right' | 'right or refused' | 'refused';
  /** Only servers that give smaller pages than asked, or all of them. */
  readonly isCapped?: boolean;
}

const NUMBERED: readonly Style[] = ['page from 1', 'page from 0', 'offset'];
const CURSORS: readonly Style[] = ['cursor', 'link in the body'];
const CHAINS: readonly Style[] = [...CURSORS, 'link header'];

const past =
  (make: (answer: Answer, place: Place) => Answer): End['answer'] =>
  (answer, place) =>
    place.isPast ? make(answer, place) : answer;

const REFUSED = { rows: undefined, total: undefined, more: false, next: undefined };

export const ENDS: readonly End[] = [
  {
    name: 'has_more is false beside a cursor that is always told',
    styles: ['cursor + has_more'],
    answer: (answer, { following }) => ({ ...answer, next: following }),
    mayEnd: 'right',
  },
  {
    name: 'the last page is empty and names itself',
    styles: CHAINS,
    answer: (answer, { isPast, own, following }) => ({ ...answer, next: isPast ? own : following }),
    mayEnd: 'right',
  },
  {
    name: 'a next page is always told until an empty one',
    styles: CHAINS,
    answer: (answer, { isPast, following }) => ({ ...answer, next: isPast ? undefined : following }),
    mayEnd: 'right',
  },
  {
    name: 'empty pages for ever, each with a new cursor',
    styles: CHAINS,
    answer: (answer, { isPast, following, request }) => ({ ...answer, next: isPast ? `end-${request}` : following }),
    mayEnd: 'right',
  },
  {
    name: 'results="false" beside a next page',
    styles: ['link header'],
    answer: (answer, { isLast, following }) => ({ ...answer, next: following, results: !isLast }),
    mayEnd: 'right',
  },
  {
    name: '404 past the end',
    styles: NUMBERED,
    answer: past(() => ({ ...REFUSED, status: 404 })),
    mayEnd: 'right',
  },
  {
    name: '400 past the end',
    styles: NUMBERED,
    answer: past(() => ({ ...REFUSED, status: 400 })),
    mayEnd: 'right or refused',
  },
  {
    name: 'the last page again past the end',
    styles: NUMBERED,
    answer: past((answer, { lastPage }) => ({ ...answer, rows: lastPage })),
    mayEnd: 'right or refused',
  },
  {
    name: 'the list is null past the end',
    styles: ['page from 0', 'offset', 'offset + has_more'],
    answer: past((answer) => ({ ...answer, rows: null })),
    mayEnd: 'right',
  },
  {
    name: 'the list is left out past the end',
    styles: ['page from 0', 'offset', 'offset + has_more'],
    answer: past((answer) => ({ ...answer, rows: undefined })),
    mayEnd: 'right',
  },
  {
    name: 'the list is null on the last, empty page',
    styles: CURSORS,
    answer: (answer, { isPast, following }) =>
      isPast ? { ...answer, rows: null, next: undefined } : { ...answer, next: following },
    mayEnd: 'right',
  },
  {
    name: 'the provider file misspells next',
    styles: CURSORS,
    answer: (answer) => answer,
    provider: { next: 'nexd' },
    mayEnd: 'refused',
  },
  {
    name: 'has_more is true only where as many rows came as were asked for',
    styles: ['offset + has_more', 'cursor + has_more'],
    answer: (answer, { asked }) => ({ ...answer, more: (answer.rows ?? []).length === asked }),
    isCapped: true,
    mayEnd: 'right or refused',
  },
];
