import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './helpers/world.js';

/** The rooms that import a package: these and no others. Node's own modules are free. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  '@napi-rs/keyring': ['keys'],
  chalk: ['access', 'commands', 'stats', 'terminal'],
  'cli-table3': ['formats'],
  commander: ['commands'],
  conf: ['config'],
  'csv-stringify': ['formats'],
  'd3-scale': ['report'],
  'd3-shape': ['report'],
  fflate: ['formats'],
  ora: ['commands'],
  aws4fetch: ['http'],
  hyparquet: ['formats'],
  'hyparquet-writer': ['formats'],
  'temporal-polyfill': ['time'],
  undici: ['http'],
};

/** What flows between all rooms. */
const VALUES = ['context', 'csv', 'diff', 'errors', 'event', 'filters', 'json', 'query', 'suggest', 'time', 'version'];

/** The rooms that a room imports from, besides itself and the values: these and no others. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  access: ['engine', 'formats', 'providers', 'terminal'],
  agent: [],
  archive: ['days', 'engine', 'files', 'input', 'manifest', 'providers'],
  collect: ['days', 'destinations', 'engine', 'files', 'http', 'manifest', 'profile', 'providers', 'schemas'],
  commands: [
    'access',
    'agent',
    'archive',
    'collect',
    'config',
    'days',
    'demo',
    'destinations',
    'doctor',
    'engine',
    'files',
    'formats',
    'http',
    'input',
    'keys',
    'manifest',
    'output',
    'profile',
    'providers',
    'pseudonyms',
    'report',
    'schemas',
    'stats',
    'terminal',
    'verify',
    'view',
  ],
  config: ['files'],
  days: ['engine', 'files', 'manifest', 'output'],
  demo: ['providers'],
  destinations: [
    'archive',
    'days',
    'engine',
    'files',
    'formats',
    'http',
    'keys',
    'manifest',
    'profile',
    'providers',
    'schemas',
    'view',
  ],
  doctor: ['engine', 'http', 'profile', 'providers'],
  engine: ['http', 'profile', 'providers', 'terminal'],
  failure: [],
  files: [],
  formats: ['providers', 'schemas', 'terminal', 'view'],
  http: ['keys', 'profile', 'providers'],
  input: ['engine', 'formats', 'manifest', 'providers', 'view'],
  keys: ['config', 'files'],
  main: ['commands', 'failure', 'http', 'quick', 'terminal'],
  manifest: ['engine', 'files', 'profile', 'providers'],
  output: ['engine', 'files'],
  profile: ['config', 'demo', 'keys', 'providers'],
  providers: [],
  pseudonyms: ['providers'],
  query: ['providers'],
  quick: ['commands'],
  report: ['access', 'agent', 'manifest', 'providers', 'stats', 'terminal'],
  schemas: ['providers', 'terminal'],
  stats: ['engine', 'formats', 'providers', 'terminal', 'view'],
  terminal: [],
  verify: ['engine', 'files', 'manifest', 'report'],
  view: ['providers', 'terminal'],
};

interface Import {
  readonly file: string;
  readonly target: string;
  readonly how: 'type' | 'first' | 'lazy';
}

const SRC = join(ROOT, 'src');
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .sort();
const imports = files.flatMap(importsOf);

function importsOf(file: string): Import[] {
  const text = read(file);
  const found = (pattern: RegExp, how: (type: string | undefined) => Import['how']) =>
    [...text.matchAll(pattern)].map(([, type, target = '']) => ({ file, target, how: how(type) }));
  return [
    ...found(/^(?:import|export)\s(type\s)?[^;'"]*?from\s+'([^']+)';/gms, (type) => (type ? 'type' : 'first')),
    ...found(/^import( )'([^']+)';/gm, () => 'first'),
    ...found(/\b(import)\('([^']+)'\)/g, () => 'lazy'),
  ];
}

function read(file: string): string {
  return readFileSync(join(SRC, file), 'utf8');
}

/** The first part of a file's path: `http/send.ts` and `http.ts` are both of the room `http`. */
function roomOf(file: string): string {
  return (file.split('/')[0] ?? '').replace(/\.ts$/, '');
}

/** The file under src that a relative import names. */
function resolve({ file, target }: Import): string {
  return relative(SRC, join(SRC, dirname(file), target)).replace(/\.js$/, '.ts');
}

const inside = imports.filter(({ target }) => target.startsWith('.'));
const outside = imports.filter(({ target }) => !target.startsWith('.') && !target.startsWith('node:'));

function shown(found: readonly Import[]): string[] {
  return found.map(({ file, target }) => `${file} imports ${target}`);
}

test('there is something to look at', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(imports.length).toBeGreaterThan(100);
});

test('a room imports exactly the rooms that are named for it', () => {
  const found = new Map<string, Set<string>>();
  for (const one of inside) {
    const [from, to] = [roomOf(one.file), roomOf(resolve(one))];
    if (from !== to && !VALUES.includes(to)) found.set(from, (found.get(from) ?? new Set()).add(to));
  }
  const sorted = [...found].map(([room, others]) => [room, [...others].sort()] as const);
  expect(Object.fromEntries(sorted)).toEqual(
    Object.fromEntries(Object.entries(ROOMS).filter(([, to]) => to.length > 0)),
  );
});

test('a room that imports no other is named too, and no room is named that is not there', () => {
  const rooms = [...new Set(files.map(roomOf))].filter((room) => !VALUES.includes(room));
  expect([...new Set([...rooms, 'query'])].sort()).toEqual(Object.keys(ROOMS).sort());
});

test('docs/explanation/architecture.md shows every room, on a line above those that it imports', () => {
  const [, picture = ''] = readFileSync(join(ROOT, 'docs/explanation/architecture.md'), 'utf8')
    .split('## The rooms')[1]!
    .split('```');
  const lines = picture.split('\n').map((line) => line.replace(/─.*/, '').trim().split(/\s+/));
  const lineOf = new Map(lines.flatMap((rooms, at) => rooms.map((room) => [room, at] as const)));
  const shownRooms = [...lineOf.keys()].filter((room) => room !== '').sort();
  expect(shownRooms).toEqual([...new Set([...Object.keys(ROOMS), ...VALUES])].sort());
  const wrong = Object.entries(ROOMS).flatMap(([from, to]) =>
    to.flatMap((other) =>
      VALUES.includes(from) || lineOf.get(from)! < lineOf.get(other)! ? [] : [`${from} ─▶ ${other}`],
    ),
  );
  expect(wrong).toEqual([]);
});

test('every value is used by several rooms', () => {
  const lonely = VALUES.filter(
    (value) => new Set(inside.filter((one) => roomOf(resolve(one)) === value).map(({ file }) => roomOf(file))).size < 2,
  );
  expect(lonely).toEqual([]);
});

test('no two rooms import each other, by way of others either', () => {
  expect(circles(inside.map((one) => [roomOf(one.file), roomOf(resolve(one))] as const))).toEqual([]);
});

test('a package is imported by its own room alone', () => {
  const name = (target: string) =>
    target
      .split('/')
      .slice(0, target.startsWith('@') ? 2 : 1)
      .join('/');
  const found = new Map<string, Set<string>>();
  for (const { file, target } of outside)
    found.set(name(target), (found.get(name(target)) ?? new Set()).add(roomOf(file)));
  const sorted = [...found].map(([each, rooms]) => [each, [...rooms].sort()] as const);
  expect(Object.fromEntries(sorted)).toEqual(PACKAGES);
});

test('heavy packages are imported when they are needed, not before', () => {
  const wrong = outside.filter(({ target, how }) => how === 'first' && target !== 'commander');
  expect(shown(wrong)).toEqual([]);
});

test('commands, vendors and formats never import one another', () => {
  const members = ['commands', 'providers', 'formats'].flatMap((room) => {
    const table = read(`${room}/index.ts`);
    return [...table.matchAll(/(?:import\(|from )'\.\/([a-z/]+)\.js'/g)]
      .map(([, name]) => `${room}/${name}.ts`)
      .filter((file) => !SHARED.has(file));
  });
  const wrong = inside.filter((one) => members.includes(resolve(one)) && !one.file.endsWith('/index.ts'));
  expect(members.length).toBeGreaterThan(8);
  expect(shown(wrong)).toEqual([]);
});

test('a definition of a command loads what runs it only when it runs', () => {
  const light = /^commands\/(?:help|flags\/[a-z]+|[a-z]+\/(?:flags|shells))\.ts$/;
  const wrong = inside.filter(
    (one) =>
      one.how === 'first' &&
      /^commands\/[a-z]+\/define\.ts$/.test(one.file) &&
      roomOf(resolve(one)) === 'commands' &&
      !light.test(resolve(one)),
  );
  expect(shown(wrong)).toEqual([]);
});

test('flags end where a command begins: nothing below the file that define.ts loads names their types', () => {
  const entrances = new Set(
    inside.filter(({ file, how }) => /^commands\/[a-z]+\/define\.ts$/.test(file) && how === 'lazy').map(resolve),
  );
  const below = files.filter(
    (file) =>
      !entrances.has(file) && !/^commands\/(?:[a-z]+\/(?:define|flags|run)|flags\/[a-z]+|program)\.ts$/.test(file),
  );
  const words = below.flatMap((file) =>
    [...code(read(file)).matchAll(/\b(?:[A-Z]\w*Flags|argv)\b/g)].map(([word]) => `${file}: ${word}`),
  );
  expect(words.filter((one) => !/^(?:main|quick\/\w+|context\/closed)\.ts: argv$/.test(one))).toEqual([]);
});

test('a command has one lazy door, in its define.ts; only the readers of earlier exports have another', () => {
  const doors = inside.filter(({ how, file }) => how === 'lazy' && file.startsWith('commands/'));
  const loads = doors.filter(({ file }) => /^commands\/(?:[a-z]+\/define|index|job\/open)\.ts$/.test(file));
  expect(shown(doors.filter((door) => !loads.includes(door) && !OTHER_DOORS.includes(door.file)))).toEqual([]);
});

/** Commands that load parts one by one; buckets, files, manifests and days, which most lists and exports do not need. */
const OTHER_DOORS: readonly string[] = [
  'commands/job/place.ts',
  'commands/demo/run.ts',
  'commands/export/run.ts',
  'commands/list/run.ts',
  'commands/provider/run.ts',
];

test('a type name means one thing in the whole house', () => {
  const found = new Map<string, string[]>();
  for (const file of files)
    for (const [, name = ''] of read(file).matchAll(/^(?:export )?(?:interface|type|(?:abstract )?class) ([A-Z]\w*)/gm))
      found.set(name, [...(found.get(name) ?? []), file]);
  expect([...found].filter(([, where]) => where.length > 1)).toEqual([]);
});

/** What the tables themselves need. */
const SHARED = new Set(['commands/command.ts', 'providers/provider.ts', 'providers/actions.ts', 'formats/format.ts']);

test('relative imports name the file as it will run', () => {
  expect(shown(inside.filter(({ target }) => !target.endsWith('.js')))).toEqual([]);
});

test('no two files import each other, whether for types, at first or when needed, by way of others either', () => {
  expect(circles(inside.map((one) => [one.file, resolve(one)] as const))).toEqual([]);
});

/** One circle for each import that closes one. */
function circles(edges: readonly (readonly [from: string, to: string])[]): readonly string[] {
  const below = new Map<string, Set<string>>();
  for (const [from, to] of edges) if (from !== to) below.set(from, (below.get(from) ?? new Set()).add(to));
  const done = new Set<string>();
  const found: string[] = [];
  const walk = (node: string, path: readonly string[]): void => {
    if (path.includes(node)) found.push([...path.slice(path.indexOf(node)), node].join(' → '));
    if (done.has(node) || path.includes(node)) return;
    for (const next of below.get(node) ?? []) walk(next, [...path, node]);
    done.add(node);
  };
  for (const node of below.keys()) walk(node, []);
  return found;
}

test('no folder of the source or of the tests holds more than thirty files', () => {
  const tests = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' }).map((file) => `test/${file}`);
  const sizes = new Map<string, number>();
  // Vendors are data: one file each.
  const counted = [...files.map((file) => `src/${file}`), ...tests].filter((file) => !file.endsWith('.json'));
  for (const file of counted.filter((file) => file.includes('.')))
    sizes.set(dirname(file), (sizes.get(dirname(file)) ?? 0) + 1);
  expect([...sizes].filter(([, size]) => size > 30)).toEqual([]);
});

test('no file is longer than 320 lines', () => {
  expect(files.filter((file) => read(file).trimEnd().split('\n').length > 320)).toEqual([]);
});

test('the outside world comes in through context.ts alone', () => {
  const world = /\bprocess\.|\bDate\.now\(|\bnew Date\(\)|\bconsole\.|\bMath\.random\b/;
  const wrong = files
    .filter((file) => !WORLDLY.has(file))
    .flatMap((file) =>
      code(read(file))
        .split('\n')
        .flatMap((line, at) => (world.test(line) ? [`${file}:${at + 1}: ${line.trim()}`] : [])),
    );
  expect(wrong).toEqual([]);
});

/** Where node's own world is touched. */
const WORLDLY = new Set(['context.ts', 'context/print.ts']);

/** A file's text with comments and the insides of strings blanked, line by line. */
function code(text: string): string {
  const blank = (part: string) => part.replace(/[^\n]/g, ' ');
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, blank);
}

test('the program file only hands over', () => {
  const text = readFileSync(join(ROOT, 'bin/auditlog.js'), 'utf8');
  expect(text.split('\n').length).toBeLessThan(25);
  expect([...text.matchAll(/(?:require|import)\(['`]([^'`]+)['`]\)/g)].map(([, target]) => target)).toEqual([
    `../dist/quick/\${name}.cjs`,
    '../dist/main.js',
  ]);
});

test('nothing is exported as default, and no folder is a drawer', () => {
  expect(files.filter((file) => /^export default/m.test(read(file)))).toEqual([]);
  expect(files.filter((file) => /(^|\/)(utils?|helpers?|common|misc)(\/|\.ts$)/.test(file))).toEqual([]);
});
