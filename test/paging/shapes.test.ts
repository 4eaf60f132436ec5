import { describe, expect, test } from 'vitest';
import { NOW } from '../helpers/world.js';
import { collectingFor, counting, newest, outcomeOfUse, tailingFor, type Use, whole } from './commands.js';
import type { Answer, Place } from './ends.js';
import { isRight, summaryOf, wrongIn } from './judge.js';
import { newestFirst, type Row, within } from './log.js';
import { SHAPES, type Shape } from './shapes.js';
import { kindOf, type ShapedVendor } from './shapeserver.js';
import { failIf, once } from './table.js';

const DAY = 86_400_000;
const [FROM, TO] = ['2026-10-20', '2026-11-16'];

/** Entries at the very edges of 40 days; some share an instant. */
const EDGES = [0, 1, -1, -600] as const;
const LOG = newestFirst(
  Array.from({ length: 40 }, (_, day) => Math.floor(NOW / DAY - day) * DAY).flatMap((midnight, day): readonly Row[] => {
    const times = [midnight, midnight + (EDGES[day % 4] ?? 0)].slice(0, day % 3 === 0 ? 2 : 1);
    return times.map((time, at) => ({
      id: `e${2 * day + at}`,
      time,
      action: at === 0 ? 'member.joined' : 'member.left',
    }));
  }),
);

const COMMANDS: Readonly<Record<string, Use>> = {
  'list -n 30': newest('list -n 30 --format ndjson', (rows) => rows.slice(0, 30)),
  export: whole('export --format ndjson', (rows) => rows),
  'export --from --to': whole(`export --format ndjson --from ${FROM} --to ${TO}`, (rows) => within(rows, FROM, TO)),
  tail: tailingFor(25),
  collect: collectingFor(25),
  'stats --by action': counting('stats --by action', ({ action }) => action),
};

interface Case {
  readonly name: string;
  readonly isFor: (shape: Shape) => boolean;
  readonly mayEnd: 'right' | 'right or refused';
  readonly cap?: number;
  readonly isOldestFirst?: boolean;
  readonly end?: (answer: Answer, place: Place) => Answer;
}

const namesNext = ({ namesNext: names }: Shape): boolean => names === true;
const CASES: readonly Case[] = [
  { name: 'pages as asked', isFor: () => true, mayEnd: 'right' },
  { name: 'smaller pages', isFor: ({ isWhole }) => isWhole !== true, cap: 14, mayEnd: 'right' },
  { name: 'oldest first', isFor: ({ startsAtTime }) => startsAtTime !== true, isOldestFirst: true, mayEnd: 'right' },
  {
    name: 'a next page always',
    isFor: namesNext,
    mayEnd: 'right',
    end: (answer, { following }) => ({ ...answer, next: following }),
  },
  {
    name: 'one cursor for ever',
    isFor: namesNext,
    mayEnd: 'right or refused',
    end: (answer, { own, following }) => ({ ...answer, next: own ?? following }),
  },
  {
    name: 'the list is null where it is empty',
    isFor: ({ file }) => file.items !== '',
    mayEnd: 'right',
    end: (answer) => (answer.rows?.length === 0 ? { ...answer, rows: null } : answer),
  },
  {
    name: 'the word for more is always no',
    isFor: ({ saysMore }) => saysMore === true,
    mayEnd: 'right or refused',
    end: (answer, { following }) => ({ ...answer, more: false, next: following }),
  },
];

for (const [command, use] of Object.entries(COMMANDS)) {
  describe(command, () => {
    for (const { name, isFor, mayEnd, cap = 20, isOldestFirst = false, end } of CASES) {
      for (const shape of SHAPES.filter(isFor)) {
        const vendor: ShapedVendor = { shape, cap, isOldestFirst, ...(end === undefined ? {} : { end }) };
        const looks = command === 'tail' ? 4 : 2;
        const outcome = once(() => outcomeOfUse(use, { vendor: kindOf(vendor, LOG), log: LOG, looks }));
        test(`${shape.name}: ${name}`, async () => {
          const result = await outcome();
          failIf(wrongIn(result));
          if (mayEnd === 'right') failIf(isRight(result) ? undefined : summaryOf(result));
        });
      }
    }
  });
}

describe('what a server cannot give is named, and never left out with exit 0', () => {
  const shapeOf = (name: string): Shape => SHAPES.find((shape) => shape.name.startsWith(name)) as Shape;
  /** Twenty-five more entries of one instant, or one day, than a page or its reach holds. */
  const busy = (n: number): readonly Row[] => {
    const time = NOW - 6 * DAY;
    const more = Array.from({ length: n }, (_, at): Row => ({ id: `b${at}`, time, action: 'member.left' }));
    return newestFirst([...LOG, ...more]);
  };
  for (const [name, shape, log] of [
    ['more entries of one instant than a page holds', shapeOf('the time of the last entry, in ms'), busy(45)],
    ['more entries of one second than a page holds', shapeOf('the time of the last entry, in s'), busy(45)],
    ['more entries of a day than numbered pages reach', shapeOf('numbered pages that reach'), busy(65)],
    ['more entries of a day than rows reach', shapeOf('rows that reach'), busy(65)],
  ] as const) {
    for (const [command, use] of Object.entries(COMMANDS).filter(([line]) => /export|collect|stats/.test(line))) {
      test(`${command}: ${name}`, async () => {
        const result = await outcomeOfUse(use, { vendor: kindOf({ shape, cap: 20 }, log), log, looks: 3 });
        failIf(wrongIn(result));
        failIf(result.ran.code === 0 ? summaryOf(result) : undefined);
      });
    }
  }

  test('a server that ignores the last entry', async () => {
    const shape = { ...shapeOf('the id of the last entry'), read: (url: URL) => without(url, 'after') };
    const result = await outcomeOfUse(COMMANDS.export as Use, {
      vendor: kindOf({ shape, cap: 20 }, LOG),
      log: LOG,
      looks: 1,
    });
    failIf(wrongIn(result) ?? (result.ran.code === 0 ? summaryOf(result) : undefined));
  });
});

function without(url: URL, name: string): URLSearchParams {
  const asked = new URLSearchParams(url.searchParams);
  asked.delete(name);
  return asked;
}

test('errors beside entries are an error, with the words of the server', async () => {
  const graphql = SHAPES.find(({ name }) => name === 'GraphQL') as Shape;
  const shape: Shape = {
    ...graphql,
    write: (answer, asked) => {
      const { body } = graphql.write(answer, asked);
      return { body: { ...(body as object), errors: [{ message: 'the resolver failed' }] } };
    },
  };
  const result = await outcomeOfUse(COMMANDS.export as Use, {
    vendor: kindOf({ shape, cap: 20 }, LOG),
    log: LOG,
    looks: 1,
  });
  expect([result.ran.code, result.ran.stdout]).toEqual([5, '']);
  expect(result.ran.stderr).toContain('answered 200, but with an error: the resolver failed');
});
