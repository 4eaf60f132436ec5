import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'vitest/node';
import { ROOT } from '../helpers/world.js';

/** A text that the program can print, with `…` for each value that it fills in. */
export interface Message {
  /** `error`: what is wrong; `hint`: how to fix it; `note`: what a command says besides its result. */
  readonly kind: 'error' | 'hint' | 'note';
  readonly text: string;
  /** `src/query/check.ts:26` */
  readonly at: string;
}

/** The calls that take a message, and which argument is what. */
const CALLS: ReadonlyMap<string, readonly (Message['kind'] | undefined)[]> = new Map([
  ['usageError', ['error', 'hint']],
  ['keyError', ['error', 'hint']],
  ['serverError', ['error', 'hint']],
  ['localError', ['error', 'hint']],
  ['AuditlogError', ['error', undefined, 'hint']],
  ['failure', [undefined, undefined, 'error', 'hint']],
  ['warning', [undefined, 'error', 'hint']],
  ['failed', [undefined, 'error', 'hint']],
  ['say', ['note']],
  ['insist', ['note']],
  ['warn', ['note']],
]);

/** The properties of tables of messages. */
const PROPERTIES: ReadonlyMap<string, Message['kind']> = new Map([
  ['hint', 'hint'],
  ['fix', 'hint'],
  ['both', 'hint'],
  ['api', 'hint'],
  ['destination', 'hint'],
  ['message', 'error'],
  ['what', 'error'],
]);

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

/** What a name of a file may stand for: initial values of variables, and what functions return. */
type Names = ReadonlyMap<string, readonly Node[]>;

/** Every message in the source: the arguments of errors and notes, as far as their file has the text. */
export function messages(): readonly Message[] {
  const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return files.sort().flatMap((file) => messagesIn(`src/${file}`));
}

function messagesIn(file: string): readonly Message[] {
  const source = readFileSync(join(ROOT, file), 'utf8');
  const program = parseAst(source, { lang: 'ts' });
  const names = namesIn(program);
  const found: Message[] = [];
  const add = (kind: Message['kind'], given: Node): void => {
    const at = `${file}:${source.slice(0, given.start).split('\n').length}`;
    for (const text of textsOf(given, names, [])) if (/[a-z]/i.test(text)) found.push({ kind, text, at });
  };
  walk(program, (node) => {
    if (node.type === 'Property') {
      // The pages of a report have headings of that name.
      const kind = file.startsWith('src/report/') ? undefined : PROPERTIES.get(String((node.key as Node).name));
      if (kind !== undefined) add(kind, node.value as Node);
    }
    if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return;
    const callee = node.callee as Node;
    const name = callee.type === 'MemberExpression' ? (callee.property as Node).name : callee.name;
    const kinds = CALLS.get(callee.type === 'Super' ? 'AuditlogError' : String(name));
    for (const [index, kind] of (kinds ?? []).entries()) {
      const given = (node.arguments as readonly Node[])[index];
      if (kind !== undefined && given !== undefined) add(kind, given);
    }
  });
  return found;
}

function namesIn(program: unknown): Names {
  const names = new Map<string, readonly Node[]>();
  const add = (id: unknown, values: readonly Node[]): void => {
    if (isNode(id) && typeof id.name === 'string') names.set(id.name, [...(names.get(id.name) ?? []), ...values]);
  };
  walk(program, (node) => {
    if (node.type === 'VariableDeclarator' && isNode(node.init)) add(node.id, [node.init]);
    if (node.type !== 'FunctionDeclaration') return;
    walk(node.body, (below) => {
      if (below.type === 'ReturnStatement' && isNode(below.argument)) add(node.id, [below.argument]);
    });
  });
  return names;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

function walk(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) for (const one of value) walk(one, visit);
  else if (isNode(value)) {
    visit(value);
    for (const [key, below] of Object.entries(value)) if (key !== 'parent') walk(below, visit);
  }
}

/** The texts that an expression may be: of both branches of a condition, and `…` for what is not written in its file. */
function textsOf(node: Node, names: Names, seen: readonly string[]): readonly string[] {
  const below = (one: unknown): readonly string[] => textsOf(one as Node, names, seen);
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' ? [node.value] : ['…'];
    case 'TemplateLiteral': {
      const written = (node.quasis as readonly { readonly value: { readonly cooked: string } }[]).map(
        ({ value }) => value.cooked,
      );
      const filled = (node.expressions as readonly Node[]).map((one) => (isLast(one, node) ? below(one) : ['…']));
      return written
        .slice(1)
        .reduce<readonly string[]>(
          (all, text, index) => all.flatMap((begin) => (filled[index] ?? []).map((value) => `${begin}${value}${text}`)),
          written.slice(0, 1),
        );
    }
    case 'ConditionalExpression':
      return [...below(node.consequent), ...below(node.alternate)];
    case 'BinaryExpression':
    case 'LogicalExpression': {
      const [left, right] = [below(node.left), below(node.right)];
      return node.operator === '+' ? left.flatMap((a) => right.map((b) => a + b)) : [...left, ...right];
    }
    case 'ArrowFunctionExpression':
      return below(node.body);
    case 'Identifier':
      return named(String(node.name), names, seen);
    case 'CallExpression': {
      const callee = node.callee as Node;
      if (callee.type === 'Identifier') return named(String(callee.name), names, seen);
      const list = callee.object as Node | undefined;
      if (list?.type !== 'ArrayExpression') return ['…'];
      return (list.elements as readonly Node[]).flatMap(below);
    }
    default:
      return ['…'];
  }
}

/** Only an ending is spelled out: the number of texts stays small, and a full stop is seen. */
function isLast(one: Node, { expressions, quasis }: Node): boolean {
  const last = (quasis as readonly { readonly value: { readonly cooked: string } }[]).at(-1);
  return one === (expressions as readonly Node[]).at(-1) && last?.value.cooked === '';
}

function named(name: string, names: Names, seen: readonly string[]): readonly string[] {
  const values = seen.includes(name) ? undefined : names.get(name);
  return values?.flatMap((value) => textsOf(value, names, [...seen, name])) ?? ['…'];
}
