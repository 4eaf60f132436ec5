import { usageError } from '../errors.js';

/** How lines in another system's words begin, and where in them the entry's own text is. */
const WORDS: readonly { readonly name: string; readonly begins: RegExp; readonly hint: string }[] = [
  {
    name: 'OCSF',
    begins: /^(?:\[\s*)?\{(?:"time":-?\d+,)?"category_uid":\d/,
    hint: 'The entries are in raw_data: jq -r .raw_data FILE > entries.ndjson',
  },
  {
    name: 'ECS',
    begins: /^(?:\[\s*)?\{(?:"@timestamp":"[^"]*",)?"ecs":\{"version":/,
    hint: 'The entries are in event.original: jq -r .event.original FILE > entries.ndjson',
  },
  { name: 'CEF', begins: /^CEF:\d/, hint: 'Name the export that it was made of.' },
];

/** Throws a usage error for the beginning of a file that `--schema` wrote: read as entries, it would seem to tell nothing. */
export function refuseOtherWords(head: Buffer, name: string): void {
  const text = head.toString('latin1', 0, 200);
  const found = WORDS.find(({ begins }) => begins.test(text));
  if (found !== undefined) throw usageError(`${name} holds events in the words of ${found.name}`, found.hint);
}
