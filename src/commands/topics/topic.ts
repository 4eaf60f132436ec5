import { wrapped } from '../help.js';

/** The content of `auditlog help NAME`, and of the pages in docs/reference. */
export interface Topic {
  readonly name: string;
  /** In the list of topics. */
  readonly about: string;
  readonly intro: string;
  readonly tables: readonly TopicTable[];
  readonly ends?: string;
}

export interface TopicTable {
  readonly heading: string;
  /** The heading of its two columns in Markdown. */
  readonly columns: readonly [term: string, meaning: string];
  readonly rows: readonly (readonly [term: string, meaning: string])[];
}

const WIDTH = 80;

/** As text for a terminal. */
export function topicText({ intro, tables, ends }: Topic): string {
  const parts = tables.map(({ heading, rows }) => `${heading}:\n${rowLines(rows).join('\n')}\n`);
  return [`${wrapped(intro)}\n`, ...parts, ...(ends === undefined ? [] : [`${wrapped(ends)}\n`])].join('\n');
}

/** Maximum width of a term that has its meaning beside it, in cells. */
const WIDEST = 30;

/** Terms beside their meanings; several long terms below one another. */
function rowLines(rows: TopicTable['rows']): readonly string[] {
  const split = rows.map(
    ([term, meaning]) => [term.length <= WIDEST ? [term] : term.split(/(?<=,) /), meaning] as const,
  );
  const width = Math.max(...split.flatMap(([terms]) => terms.map((term) => term.length)));
  return split.flatMap(([terms, meaning]) => {
    const lines = broken(meaning, WIDTH - width - 4);
    return Array.from({ length: Math.max(terms.length, lines.length) }, (_, at) =>
      `  ${(terms[at] ?? '').padEnd(width)}  ${lines[at] ?? ''}`.trimEnd(),
    );
  });
}

/** The lines of a text of this width. */
function broken(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** As Markdown for docs/reference, without the title. */
export function topicMarkdown({ intro, tables, ends }: Topic): string {
  const parts = tables.flatMap(({ heading, columns, rows }) => [
    ...(tables.length === 1 ? [] : [`## ${heading}`, '']),
    `| ${columns.join(' | ')} |`,
    '|---|---|',
    ...rows.map(
      ([term, meaning]) =>
        `| ${term
          .split(/, (?=[^ ])/)
          .map((one) => `\`${piped(one)}\``)
          .join(', ')} | ${piped(meaning)} |`,
    ),
    '',
  ]);
  return `${[intro, '', ...parts, ...(ends === undefined ? [] : [ends, ''])].join('\n').trimEnd()}\n`;
}

function piped(text: string): string {
  return text.replaceAll('|', '\\|');
}
