import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { explanationOf } from '../../src/commands/help.js';
import { describeProgram } from '../../src/commands/program.js';
import { TOPICS } from '../../src/commands/topics/index.js';
import { SETTINGS } from '../../src/config/settings.js';
import { realContext } from '../../src/context.js';
import { FILTERS } from '../../src/filters.js';
import { messages } from './collect.js';

/** Phrases that have to be read twice. */
const BANNED =
  /\bis no (?!longer)|\bis none\b|\bare no (?:hours|keys? of)\b|\b(?:is|are) told\b|\bso many\b|\bwhat came\b|\bspeaks? of\b|\bthat which\b|\bof (?:your|its) own\b|\basks? nobody\b|\bof no use\b|\bsays? nothing\b|\bhas no place\b|\btells? (?:no|of|none)\b|\botherwise than\b|\bin the words of\b|\banew\b|\bonce and for all\b|\bnobody is here\b|\bis about\b|\bgive up, resumably\b|\blook after\b|\bserver (?:counts|tells)\b|\brun the same again\b|\bit stays so\b|\bthrow it away\b/i;

/** Names of things, which keep their upper case where they begin a message. */
const NAMES =
  /^(?:AUDITLOG_\w+|CEF|ClickHouse|CSV|DuckDB|Elasticsearch|If-None-Match|JSON|NDJSON|OCSF|OpenSearch|SQL|Parquet|Windows)\b/;

/** What begins a message that does not name the thing first. */
const LATE = /^(?:there (?:is|are)|this|that|those|these|which|who|whose|what|it|you|please|sorry|oops)\b/i;

const all = messages();
const errors = all.filter(({ kind }) => kind === 'error');
const hints = all.filter(({ kind }) => kind === 'hint');
const notes = all.filter(({ kind }) => kind === 'note');

function shown(found: typeof all): readonly string[] {
  return [...new Set(found.map(({ at, text }) => `${at}: ${text}`))];
}

function hasLine(text: string, pattern: RegExp): boolean {
  return text.split('\n').some((line) => pattern.test(line));
}

test('the messages of the source are found', () => {
  expect(errors.length).toBeGreaterThan(550);
  expect(hints.length).toBeGreaterThan(400);
  expect(notes.length).toBeGreaterThan(100);
});

test('what is wrong is one sentence in lower case, without a full stop', () => {
  const isName = (text: string) => NAMES.test(text) || !/^[A-Z]/.test(text);
  const isQuestion = (text: string) => text.endsWith('?') && !/: did you mean [^?]+\?$/.test(text);
  const wrong = errors.filter(
    ({ text }) => !isName(text) || isQuestion(text) || /[^.…][.!]$|^\s|[.?!] [A-Z]/.test(text),
  );
  expect(shown(wrong)).toEqual([]);
});

test('what is wrong begins with the thing', () => {
  expect(shown(errors.filter(({ text }) => LATE.test(text)))).toEqual([]);
});

test('no line of a hint has a full stop at its end, and a command ends its line', () => {
  const wrong = hints.filter(({ text }) => hasLine(text, /[^.…][.!]$|^\s+$|\bauditlog [a-z-]+(?: [^\s.]+)*\. [A-Z]/));
  expect(shown(wrong)).toEqual([]);
});

test('a hint is a sentence or a command', () => {
  expect(shown(hints.filter(({ text }) => /^[a-z]/.test(text) && !text.startsWith('auditlog ')))).toEqual([]);
});

test('a warning follows the grammar of errors', () => {
  const warnings = notes.filter(({ text }) => text.startsWith('warning: '));
  expect(warnings.length).toBeGreaterThan(5);
  expect(shown(warnings.filter(({ text }) => /^warning: [A-Z]/.test(text) || hasLine(text, /[^.…][.!]$/)))).toEqual([]);
});

test('no message needs a second reading', () => {
  expect(shown(all.filter(({ text }) => BANNED.test(text)))).toEqual([]);
});

test('nor does a text of help', async () => {
  const walk = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(walk)];
  const texts = walk(await describeProgram(realContext())).flatMap((command) => {
    const { does = '', ends = '', examples = [] } = explanationOf(command) ?? {};
    const flags = command.options.map(({ description }) => description);
    return [command.summary(), does, ends, ...flags, ...examples.map(([, what]) => what)];
  });
  const others = [
    ...FILTERS.map(({ help }) => help),
    ...SETTINGS.map(({ about }) => about),
    ...TOPICS.flatMap(({ intro, ends = '', tables }) => [intro, ends, ...tables.flatMap(({ rows }) => rows.flat())]),
  ];
  expect(texts.length).toBeGreaterThan(300);
  expect([...texts, ...others].filter((text) => BANNED.test(text))).toEqual([]);
});
