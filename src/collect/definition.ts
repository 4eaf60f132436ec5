import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../context.js';
import { localError, systemCode, usageError } from '../errors.js';
import { realFiles } from '../files/files.js';
import { FILTERS, type FilterRow } from '../filters.js';
import {
  eitherOf,
  type Is,
  isFlag,
  isNumber,
  isText,
  listOf,
  nullable,
  objectOf,
  oneOf,
  type TypeOf,
} from '../json/is.js';
import { SCHEMA_NAMES } from '../schemas/schema.js';
import { suggest } from '../suggest.js';
import { type CollectorFolder, collectorsDir } from './paths.js';
import { loadCollectorFile, saveCollectorFile } from './state/file.js';

const FILE = 'definition.json';

/** The flags of filters as written, by their names in code. */
export type Filters = Partial<Readonly<Record<Exclude<FilterRow['name'], 'search'>, readonly string[]>>> & {
  /** A single text is written as such, as it always was. */
  readonly search?: string | readonly string[];
  readonly outside?: string;
  readonly weekdays?: boolean;
};

const hasFilters = objectOf(
  {},
  {
    ...Object.fromEntries(
      FILTERS.map(({ name }) => [name, name === 'search' ? eitherOf(isText, listOf(isText)) : listOf(isText)]),
    ),
    outside: isText,
    weekdays: isFlag,
  },
);
const isFilters: Is<Filters> = (value): value is Filters => hasFilters(value);

const isDefinition = objectOf({
  name: isText,
  /** Epoch ms. */
  created: isNumber,
  /** Where to ask, as resolved when the collector was made. */
  connection: objectOf(
    {
      provider: isText,
      /** Null: the demo. */
      baseUrl: nullable(isText),
      orgs: listOf(isText),
      /** The profile whose saved key is used; null for the demo. */
      profile: nullable(isText),
      tz: isText,
      rate: nullable(isText),
      maxWait: nullable(isText),
    },
    /** The values of the vendor's variables, and the address of its tokens where the user named one. */
    { timeout: isText, vars: listOf(isText), tokenUrl: isText },
  ),
  /** Which entries; `from` is apart. */
  filters: isFilters,
  /** The first instant wanted, as written and in epoch ms; null: from the beginning. */
  from: nullable(objectOf({ written: isText, at: isNumber })),
  /** An absolute path, a URL without any secret, or `-`. */
  dest: isText,
  schema: nullable(objectOf({ name: oneOf(...SCHEMA_NAMES), version: nullable(isText) })),
  /** How often it is planned to run, as written; null: not said. */
  interval: nullable(isText),
});
/** What a collector reads, and where it delivers. It never changes: another question needs another collector. */
export type Definition = TypeOf<typeof isDefinition>;

/** Rejects with a usage error if the collector exists. */
export async function createDefinition(folder: CollectorFolder, definition: Definition): Promise<void> {
  const path = join(folder.path, FILE);
  if ((await folder.files.look(path)) !== undefined)
    throw usageError(
      `collector ${definition.name} already exists`,
      `See: auditlog collect show ${definition.name}\nTo start again: auditlog collect remove ${definition.name}`,
    );
  await folder.makeFolder(folder.path);
  await saveCollectorFile(folder.files, path, definition);
}

/** Rejects with a usage error if the collector does not exist, with a local error if its definition is damaged. */
export async function loadDefinition(ctx: Context, folder: CollectorFolder, name: string): Promise<Definition> {
  const found = await loadCollectorFile(folder.files, join(folder.path, FILE), isDefinition);
  if (found === undefined) {
    const near = suggest(name, await collectorNames(ctx));
    const meant = near === undefined ? '' : `Did you mean ${near}? `;
    throw usageError(
      `collector ${name} does not exist`,
      `${meant}To make it: auditlog collect ${name} --create --dest DIR`,
    );
  }
  if (found !== 'damaged') return found;
  throw localError(
    `the definition of ${name} in ${folder.path} is damaged`,
    'Restore it from a backup, or remove the collector and make it again',
  );
}

/** The names of all collectors, sorted. */
export async function collectorNames(ctx: Context): Promise<readonly string[]> {
  const directory = collectorsDir(ctx);
  try {
    const names = (await readdir(directory)).sort();
    const made = await Promise.all(
      names.map((name) => realFiles.look(join(directory, name, FILE)).catch(() => undefined)),
    );
    return names.filter((_, at) => made[at] !== undefined);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw localError(`cannot read ${directory} (${systemCode(error)})`, undefined, error);
  }
}
