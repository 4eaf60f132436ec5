import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, words } from '../helpers/world.js';

/** README.md, CONTRIBUTING.md and every page of docs/. */
export const DOCUMENTS: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name))
    .sort(),
];

export function readDocument(name: string): string {
  return readFileSync(join(ROOT, name), 'utf8');
}

/** The lines of the blocks of a page in that language, without what indents them. */
export function fenced(page: string, language: string): readonly string[] {
  return [...page.matchAll(/^( *)```(\w*)\n([\s\S]*?)^ *```$/gm)]
    .filter(([, , named]) => named === language)
    .flatMap(([, , , text = '']) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => line.trimStart()),
    );
}

/** A command of a page, as a reader types it. */
export interface Typed {
  readonly line: string;
  /** The words of the program, without what is piped or redirected. */
  readonly argv: readonly string[];
  /** The file that its output goes to. */
  readonly into: string | undefined;
}

/** Every `auditlog` command of a page in its order: the lines of its `sh` blocks, and what is written inline with `--demo`. */
export function commandsOf(name: string): readonly Typed[] {
  const page = readDocument(name);
  const blocks = fenced(page, 'sh').filter((line) => /^auditlog [a-z]/.test(line));
  const inline = [...page.replace(/^ *```[\s\S]*?^ *```$/gm, '').matchAll(/`(auditlog [a-z][^`]*)`/g)]
    .map(([, line = '']) => line.replaceAll('\\|', '|'))
    .filter((line) => /--demo|^auditlog actions/.test(line) && !/[A-Z]{3,}|…/.test(line));
  return [...new Set([...blocks, ...inline])].map(typed);
}

/** The commands that ask an API, or the demo. */
const ASKING = ['list', 'show', 'export', 'stats', 'tail', 'doctor', 'access', 'report'];

function typed(line: string): Typed {
  const [alone = ''] = /^(?:"[^"]*"|'[^']*'|[^|>#])*/.exec(line) ?? [];
  const argv = words(alone.trim()).slice(1);
  const elsewhere = ['--demo', '--input', '--base-url', '--profile'].some((flag) => argv.includes(flag));
  const demo = ASKING.includes(argv[0] ?? '') && !elsewhere ? ['--demo'] : [];
  return { line, argv: [...argv, ...demo], into: /^\s*>\s*(\S+)/.exec(line.slice(alone.length))?.[1] };
}
