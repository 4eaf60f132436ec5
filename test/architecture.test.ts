import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './helpers/world.js';

/** The packages that only one room may import, and the rooms that may. Node's own modules are free. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  '@napi-rs/keyring': ['keys'],
  chalk: ['formats', 'stats', 'terminal', 'commands'],
  'cli-table3': ['formats'],
  commander: ['main', 'commands'],
  conf: ['config'],
  'csv-stringify': ['formats'],
  ora: ['commands'],
  '@duckdb/node-api': ['archive'],
  aws4fetch: ['http'],
  'hyparquet-writer': ['formats'],
  'temporal-polyfill': ['time'],
  undici: ['http'],
};

/** The rooms that a room may import from, besides itself. `values` are what flows between all of them. */
const VALUES = ['agent', 'context', 'diff', 'errors', 'event', 'json', 'query', 'suggest', 'time', 'version'];
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  archive: ['days', 'engine', 'input', 'manifest', 'output', 'providers'],
  collect: ['days', 'destinations', 'engine', 'http', 'manifest', 'output', 'profile'],
  commands: [
    'archive',
    'collect',
    'config',
    'days',
    'demo',
    'destinations',
    'doctor',
    'formats',
    'http',
    'input',
    'keys',
    'manifest',
    'output',
    'profile',
    'providers',
    'schemas',
    'engine',
    'stats',
    'terminal',
    'verify',
    'view',
  ],
  config: ['keys', 'profile', 'providers'],
  demo: ['providers'],
  destinations: [
    'archive',
    'days',
    'manifest',
    'formats',
    'http',
    'keys',
    'output',
    'profile',
    'providers',
    'schemas',
    'engine',
    'view',
  ],
  days: ['engine', 'manifest', 'output'],
  doctor: ['engine', 'http', 'profile', 'providers'],
  manifest: ['engine', 'output', 'profile', 'providers'],
  verify: ['engine', 'manifest', 'output'],
  failure: [],
  formats: ['providers', 'schemas', 'terminal', 'view'],
  http: ['keys', 'profile', 'providers'],
  input: ['manifest', 'formats', 'providers', 'engine', 'view'],
  keys: ['config', 'profile', 'providers'],
  main: ['commands', 'failure', 'http', 'quick', 'terminal'],
  output: ['formats', 'engine', 'terminal'],
  profile: ['config', 'demo', 'keys', 'providers'],
  providers: [],
  query: ['providers'],
  quick: ['commands'],
  schemas: ['providers', 'terminal'],
  engine: ['http', 'profile', 'providers', 'terminal'],
  stats: ['formats', 'providers', 'engine', 'terminal'],
  terminal: [],
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

test('a room imports only from the rooms below it', () => {
  const wrong = inside.filter((one) => {
    const from = roomOf(one.file);
    const to = roomOf(resolve(one));
    return from !== to && !VALUES.includes(to) && !(ROOMS[from] ?? []).includes(to);
  });
  expect(shown(wrong)).toEqual([]);
});

test('the values know nothing of the rooms that use them', () => {
  const wrong = inside.filter((one) => {
    const to = roomOf(resolve(one));
    const isValue = VALUES.includes(roomOf(one.file)) && roomOf(one.file) !== 'query';
    return isValue && !VALUES.includes(to);
  });
  expect(shown(wrong)).toEqual([]);
});

test('a package is imported by its own room alone', () => {
  const name = (target: string) =>
    target
      .split('/')
      .slice(0, target.startsWith('@') ? 2 : 1)
      .join('/');
  const wrong = outside.filter(({ file, target }) => !(PACKAGES[name(target)] ?? []).includes(roomOf(file)));
  expect(shown(wrong)).toEqual([]);
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

test('what commands share knows neither flags nor the line that was typed', () => {
  const shared = files.filter((file) => /^commands\/(?:job|write|say)\//.test(file) && !file.endsWith('/resume.ts'));
  const words = shared.flatMap((file) =>
    [...code(read(file)).matchAll(/\b(?:flags|argv)\b/g)].map(([word]) => `${file}: ${word}`),
  );
  expect(shared.length).toBeGreaterThan(10);
  expect(words).toEqual([]);
});

/** What the tables themselves need. */
const SHARED = new Set(['commands/command.ts', 'providers/provider.ts', 'providers/actions.ts', 'formats/format.ts']);

test('relative imports name the file as it will run', () => {
  expect(shown(inside.filter(({ target }) => !target.endsWith('.js')))).toEqual([]);
});

test('there are no circles among the files that run', () => {
  const below = new Map<string, string[]>();
  for (const one of inside.filter(({ how }) => how === 'first'))
    below.set(one.file, [...(below.get(one.file) ?? []), resolve(one)]);
  const done = new Set<string>();
  const circles: string[] = [];
  const walk = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (done.has(file) || path.includes(file)) return;
    for (const next of below.get(file) ?? []) walk(next, [...path, file]);
    done.add(file);
  };
  for (const file of files) walk(file, []);
  expect(circles).toEqual([]);
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
