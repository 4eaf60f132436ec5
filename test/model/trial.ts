import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Context, realContext } from '../../src/context.js';
import { openReading } from '../../src/engine/reading.js';
import type { Segment } from '../../src/engine/source.js';
import { AuditlogError } from '../../src/errors.js';
import { openClient } from '../../src/http/client.js';
import { escapeJsonText } from '../../src/json/escape.js';
import { makeSecret } from '../../src/keys.js';
import type { Connection } from '../../src/profile.js';
import { invent } from '../../src/providers/invent.js';
import { EVERYTHING } from '../../src/query.js';
import type { ModelEntry } from './entry.js';
import { makeEntries } from './makeentries.js';
import type { ModelOptions } from './options.js';
import { type Model, startModel } from './server.js';
import { vendorEntry } from './vendor.js';

/** What came of reading a faulty server to the end, resuming where a run stopped. */
export interface Trial {
  /** `clean`: a verdict that reconciles, or one that there is no count to compare with. `told`: the output is there, and the verdict says what does not agree. `stopped`: every run ended early, with a reason. */
  readonly outcome: 'clean' | 'told' | 'stopped';
  /** Clean, but not the truth, or without an end: what must never be. Says what is wrong. */
  readonly wrong: string | undefined;
  readonly runs: number;
  readonly requests: number;
  readonly notes: readonly string[];
}

export interface TrialOptions extends Omit<ModelOptions, 'entries' | 'now'> {
  readonly n: number;
  readonly days: number;
  readonly entries?: readonly ModelEntry[];
  /** Times are rounded down to multiples of this many ms. */
  readonly grain?: number;
  /** Runs before it gives up. */
  readonly runs?: number;
  /** First instant asked for, epoch ms; undefined: everything. */
  readonly from?: number;
  /** The one action asked for. */
  readonly action?: string;
  /** Milliseconds that our clock is ahead of the model's. */
  readonly ahead?: number;
}

const NOW = Date.parse('2026-11-20T14:00:00Z');
const DAY = 86_400_000;
/** A second of ours is so many of the model's, so that long waits are short and a log lives while it is read. */
const HASTE = 60;
const world = realContext();

/** A faulty server in its own haste, and the judge of what was read from it. */
export interface Trialled {
  readonly model: Model;
  /** Epoch ms, in haste. */
  readonly now: () => number;
  /** Moves the clock on. */
  readonly sleep: (ms: number) => void;
  /** Undefined: these texts are the truth. Else what is wrong with them. */
  readonly judge: (texts: readonly string[]) => string | undefined;
}

export async function startTrial(options: TrialOptions): Promise<Trialled> {
  const { n, days, grain = 1, runs: _runs, from, action, ahead: _ahead, provider = invent, ...modelOptions } = options;
  let slept = 0;
  const began = performance.now();
  const now = (): number => NOW + slept + (performance.now() - began) * HASTE;
  const made = { n, from: NOW - days * DAY, to: NOW, grain, seed: (options.seed ?? 1) + 1000 };
  const entries = options.entries ?? makeEntries(made).map((entry) => vendorEntry(provider, entry));
  const model = await startModel({
    ...modelOptions,
    provider,
    entries,
    now,
    tick: 0,
    patience: PATIENCE,
    stallMs: 2000,
    drip: { bytes: 50, everyMs: 2 },
  });
  const sleep = (ms: number): void => {
    slept += ms;
  };
  // Of what is younger, a replica that lags need not have known when reading began.
  const known = now() - (lags(modelOptions.faults) ? LONGEST_LAG : 0);
  const wanted = ({ time, values }: ModelEntry): boolean =>
    (from === undefined || time >= from) && (action === undefined || values.action === action);
  return { model, now, sleep, judge: (texts) => judge(model, texts, { known, wanted }) };
}

/** Requests of a reading that has no end. */
const PATIENCE = 5000;
const LONGEST_LAG = 30_000;

function lags(faults: ModelOptions['faults']): boolean {
  return typeof faults === 'object' && (faults.lag ?? 0) > 0;
}

/** Reads everything from a faulty model over real sockets with the real client and engine. */
export async function tryReading(options: TrialOptions): Promise<Trial> {
  const runs = options.runs ?? 8;
  const { model, now, sleep, judge } = await startTrial(options);
  const ctx: Context = {
    ...world,
    env: {},
    clock: {
      now: () => now() + (options.ahead ?? 0),
      monotonic: () => now() - NOW,
      sleep: async (ms, signal) => {
        sleep(ms);
        await nextTurn();
        signal?.throwIfAborted();
      },
    },
  };
  const connection: Connection = {
    provider: options.provider ?? invent,
    base: model.base,
    orgs: [options.provider?.defaultOrg ?? (options.provider === undefined ? 'c' : '')],
    key: async () => makeSecret(model.key, 'the test'),
    rate: undefined,
    maxWait: 30 * DAY,
    zone: 'UTC',
    profile: undefined,
    close: async () => {},
  };
  const notes: string[] = [];
  let requests = 0;
  let resume: { plan: unknown; segments: readonly Segment[] } | undefined;
  const texts: string[] = [];
  try {
    for (let run = 1; run <= runs; run += 1) {
      const client = openClient(ctx, connection, {
        limits: { headers: 400, bodyIdle: 400, attempt: 3000, connect: 2000 },
      });
      const reading = openReading(
        ctx,
        { client, connection },
        { ...EVERYTHING, from: options.from, actions: options.action === undefined ? [] : [options.action] },
        {
          ties: 'canonical',
          ...(resume === undefined ? {} : { resume }),
        },
      );
      const segments: Segment[] = [...(resume?.segments ?? [])];
      let pending: string[] = [];
      try {
        for await (const batch of reading.batches) {
          pending.push(...batch.entries.map(({ raw }) => raw.toString()));
          if (batch.segmentEnd === undefined) continue;
          texts.push(...pending);
          pending = [];
          segments.push(batch.segmentEnd);
          resume = JSON.parse(JSON.stringify({ plan: reading.plan(), segments }));
        }
        const verdict = reading.verdict();
        requests += verdict.stats.requests;
        notes.push(...verdict.notes);
        const clean = verdict.status !== 'unreconciled';
        return {
          outcome: clean ? 'clean' : 'told',
          wrong: clean ? judge(texts) : undefined,
          runs: run,
          requests,
          notes,
        };
      } catch (error) {
        requests += client.stats().requests;
        if (!(error instanceof AuditlogError)) throw error;
        notes.push(`${error.exitCode}: ${error.message}`);
      } finally {
        await client.close();
      }
    }
    const wrong = model.requests.length > PATIENCE ? `no end after ${PATIENCE} requests` : undefined;
    return { outcome: 'stopped', wrong, runs, requests, notes };
  } finally {
    await model.close();
  }
}

/** What was asked for. */
interface Asked {
  readonly wanted: (entry: ModelEntry) => boolean;
  /** Of what is younger nobody need have known; epoch ms. */
  readonly known: number;
}

/** The truth of one moment; or, where the log went on living, all that was there throughout and nothing that never was. */
function judge(model: Model, output: readonly string[], { known, wanted }: Asked): string | undefined {
  const written = (entry: ModelEntry): string => escapeJsonText(entry.text);
  if (new Set(output).size !== output.length) return 'an entry was told twice';
  if (model.momentThatEquals(output, written, wanted) !== undefined) return undefined;
  const given = new Set(output);
  const lost = model.stable().filter((entry) => wanted(entry) && entry.time <= known && !given.has(written(entry)));
  if (lost.length > 0) return `${lost.length} entries are missing, such as ${lost[0]?.text.slice(0, 80)}`;
  const ever = new Set(model.ever().filter(wanted).map(written));
  const foreign = output.filter((text) => !ever.has(text));
  if (foreign.length > 0) return `${foreign.length} entries never were, such as ${foreign[0]?.slice(0, 80)}`;
  return model.history.length === 0 ? 'not the truth' : undefined;
}
