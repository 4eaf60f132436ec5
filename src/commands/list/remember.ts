import type { Context } from '../../context.js';
import type { FormatFacts } from '../../formats/format.js';
import type { Sink } from '../write/deliver.js';
import type { WrittenOutcome } from '../write/outcome.js';
import { writeTo } from '../write/write.js';
import type { Writing } from '../write/writing.js';
import { type ListedLog, type ListedRow, listedRow, logKey, MOST_ROWS, saveLastList } from './last.js';

interface ShownList {
  readonly outcome: WrittenOutcome;
  /** What a narrow terminal hides, in words. */
  readonly hidden: readonly string[];
}

/** Writes a list and remembers its rows for `show`, even if the reader leaves early. */
export async function writeRemembered(
  ctx: Context,
  sink: Sink,
  writing: Writing,
  { input, flags, command }: ListedLog,
): Promise<ShownList> {
  const rows: ListedRow[] = [];
  let facts: FormatFacts | undefined;
  let isDone = false;
  try {
    const outcome = await writeTo(ctx, sink, {
      ...writing,
      watch: {
        batch: ({ entries }) => {
          for (const entry of entries.slice(0, MOST_ROWS - rows.length)) rows.push(listedRow(entry));
        },
        done: (all) => {
          facts = all;
        },
      },
    });
    isDone = true;
    return { outcome, hidden: hiddenOf(facts) };
  } finally {
    if (isDone || rows.length > 0) {
      const log = logKey(ctx, writing.job, input);
      const scrub = ctx.scrub ?? ((text: string) => text);
      await saveLastList(ctx, { log, flags: scrub(flags), command: scrub(command), shortId: facts?.shortId, rows });
    }
  }
}

function hiddenOf(facts: FormatFacts | undefined): readonly string[] {
  return facts?.hidden ?? [];
}
