import type { Context } from '../../context.js';
import { AuditlogError } from '../../errors.js';
import { isObject } from '../../json/is.js';
import { findProviderFile, ownNames, providerDir, providerNames } from '../../profile/provider.js';
import { safe } from '../../terminal/text.js';
import type { FormatFlags } from '../flags/format.js';
import { openNotes } from '../say/notes.js';
import { writeJson } from '../write/json.js';

/** Prints a line for each vendor: name, title, source of its data, address of its API. The logs of a vendor follow it. */
export async function listVendors(ctx: Context, flags: FormatFlags): Promise<void> {
  const names = await providerNames(ctx);
  const own = new Set(await ownNames(ctx));
  if (flags.format === 'json') return writeJson(ctx, await Promise.all(names.map((name) => vendorFacts(ctx, name))));
  const lines = (await Promise.all(names.map((name) => vendorLines(ctx, name, own.has(name))))).flat();
  const widths = [0, 1, 2].map((at) => Math.max(...lines.map((cells) => (cells.length > 2 ? cells[at]!.length : 0))));
  for (const cells of lines) {
    const padded = cells.map((cell, at) => cell.padEnd(widths[at] ?? 0));
    await ctx.stdout.write(`${padded.join('  ').trimEnd()}\n`);
  }
  if (own.size === 0) openNotes(ctx, flags).say(`To add a vendor, put its file into ${providerDir(ctx)}`);
}

/** The line of a vendor, and one for each of its logs. */
async function vendorLines(ctx: Context, name: string, isOwn: boolean): Promise<readonly (readonly string[])[]> {
  try {
    const { provider, origin } = await findProviderFile(ctx, { text: name, from: name });
    const line = [name, provider.title, origin, provider.base ?? '(no public address)'];
    const logs = Object.entries(provider.logs ?? {}).map(([log, { title }]) => [`${name}/${log}`, title]);
    const width = Math.max(...logs.map(([log = '']) => log.length));
    return [line, ...logs.map(([log = '', title = '']) => [log.padEnd(width), title])].map((cells) => cells.map(safe));
  } catch (error) {
    if (!(error instanceof AuditlogError)) throw error;
    return [[name, '?', isOwn ? 'yours' : '?', `cannot be used: ${error.message}`].map(safe)];
  }
}

/** A vendor in the list as JSON. */
interface VendorFacts {
  readonly name: string;
  readonly title: string | null;
  readonly origin: string | null;
  readonly base: string | null;
  readonly logs: readonly { readonly name: string; readonly title: string }[];
  /** The reason why its file is invalid. */
  readonly error: string | null;
}

async function vendorFacts(ctx: Context, name: string): Promise<VendorFacts> {
  try {
    const { provider, origin } = await findProviderFile(ctx, { text: name, from: name });
    const logs = Object.entries(provider.logs ?? {}).map(([log, { title }]) => ({ name: `${name}/${log}`, title }));
    return { name, title: provider.title, origin, base: provider.base ?? null, logs, error: null };
  } catch (error) {
    if (!(error instanceof AuditlogError)) throw error;
    return { name, title: null, origin: null, base: null, logs: [], error: error.message };
  }
}

/** Prints a vendor as the JSON of a file. */
export async function showVendor(ctx: Context, name: string): Promise<void> {
  const { provider, examples, origin } = await findProviderFile(ctx, { text: name, from: 'auditlog provider show' });
  if (origin === 'file of the program' && provider.name === name) {
    const { shippedFile } = await import('../../providers/file/shipped.js');
    const file = await shippedFile(name);
    const { $schema: _, ...keys } = isObject(file) ? file : {};
    return writeJson(ctx, keys);
  }
  // A single log is shown as a vendor of its own.
  const file = { ...provider, name: provider.name.replace('/', '-') };
  await writeJson(ctx, examples.length === 0 ? file : { ...file, examples });
}

export async function printSchema(ctx: Context): Promise<void> {
  const { fileSchema } = await import('../../providers/file/shape.js');
  await writeJson(ctx, fileSchema());
}
