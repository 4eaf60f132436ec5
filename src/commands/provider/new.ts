import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Context } from '../../context.js';
import { localError, usageError } from '../../errors.js';
import { writeWhole } from '../../files/whole.js';
import { safeJson } from '../../json/escape.js';
import { providerDir } from '../../profile/provider.js';
import { guessFile } from '../../providers/guess/file.js';
import type { AnswerAround } from '../../providers/guess/pages.js';
import type { GlobalFlags } from '../flags/everywhere.js';
import { openNotes } from '../say/notes.js';
import { askOnce } from './ask.js';
import { keyHeader } from './header.js';

export interface NewFlags extends GlobalFlags {
  readonly sample?: string;
  readonly url?: string;
  readonly header?: readonly string[];
  readonly profile?: string;
  readonly output?: string;
  readonly save?: boolean;
  readonly force?: boolean;
}

/** Writes a first file for a vendor from an answer of its API. Prints each guess on stderr. */
export async function newVendor(ctx: Context, flags: NewFlags, name: string): Promise<void> {
  if (!/^[a-z][a-z0-9_-]{0,31}$/.test(name))
    throw usageError(`"${name}" is not a valid name of a vendor`, 'Take lower-case letters, digits, _ and -: acme');
  if ((flags.sample === undefined) === (flags.url === undefined))
    throw usageError('missing --sample or --url', `auditlog provider new ${name} --sample answer.json`);
  const path = targetOf(ctx, flags, name);
  if (path !== undefined && flags.force !== true && existsSync(path))
    throw usageError(`${path} exists`, 'Use --force to overwrite it');
  const { auth, headers } = keyHeader(flags.header ?? []);
  const notes = openNotes(ctx, flags);
  const answer = await answerOf(ctx, flags, async (url) =>
    askOnce(ctx, { url, auth, headers, notes, profile: flags.profile }),
  );
  const found = guessFile(answer.value, { name, auth, now: ctx.clock.now(), ...answer.around });
  if (found === undefined)
    throw usageError('the answer has no list of entries', 'Give one that has a few: the file is made from them');
  const file = Object.keys(headers).length === 0 ? found.file : { ...found.file, headers };
  const text = `${safeJson(file, 2)}\n`;
  if (path === undefined) await ctx.stdout.write(text);
  else {
    await mkdir(dirname(path), { recursive: true });
    await writeWhole(path, [Buffer.from(text)]);
  }
  for (const { key, text: guess, certainty } of found.notes) notes.say(`${certainty.padEnd(6)}  ${key}: ${guess}`);
  const [where, sample] = [path ?? `${name}.json`, flags.sample ?? 'answer.json'];
  notes.say(
    `Look through it, and try it: auditlog provider check ${flags.save === true ? name : where} --sample ${sample}`,
  );
}

function targetOf(ctx: Context, { output, save }: NewFlags, name: string): string | undefined {
  if (save === true) return join(providerDir(ctx), `${name}.json`);
  return output === undefined || output === '-' ? undefined : resolve(ctx.cwd, output);
}

interface FoundAnswer {
  readonly value: unknown;
  readonly around: AnswerAround;
}

async function answerOf(
  ctx: Context,
  { sample, url }: NewFlags,
  ask: (url: URL) => Promise<{ readonly body: Buffer; readonly link: string | undefined }>,
): Promise<FoundAnswer> {
  if (url !== undefined) {
    if (!URL.canParse(url))
      throw usageError(
        'invalid --url: expected a web address',
        'Write it as the vendor does: https://api.acme.example/v1/audit?limit=5',
      );
    const asked = new URL(url);
    const { body, link } = await ask(asked);
    return { value: parsed(body, asked.host), around: { url: asked, link } };
  }
  const name = sample ?? '';
  const body = await readFile(resolve(ctx.cwd, name)).catch((error: NodeJS.ErrnoException) => {
    throw localError(`cannot read ${name} (${error.code})`, undefined, error);
  });
  return { value: parsed(body, name), around: {} };
}

function parsed(body: Buffer, name: string): unknown {
  try {
    return JSON.parse(body.toString('utf8').replace(/^\ufeff/, ''));
  } catch {
    throw usageError(`${name} is not JSON`, 'Give a whole answer of the API, as it came');
  }
}
