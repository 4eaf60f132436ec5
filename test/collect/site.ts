import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type CycleResult, runCycle } from '../../src/collect/cycle/cycle.js';
import { type CollectorFolder, orgFolder } from '../../src/collect/paths.js';
import { loadOrgCheckpoint } from '../../src/collect/state/checkpoint.js';
import { type Context, realContext } from '../../src/context.js';
import type { Delivery } from '../../src/destinations/destination.js';
import { type Files, type OpenFile, realFiles } from '../../src/files/files.js';
import { takeLock } from '../../src/files/lock.js';
import { openClient } from '../../src/http/client.js';
import { makeSecret } from '../../src/keys.js';
import type { Connection } from '../../src/profile.js';
import { invent } from '../../src/providers/invent.js';
import { EVERYTHING } from '../../src/query.js';
import { makeHome } from '../helpers/world.js';
import type { Model } from '../model/server.js';

/** Why a run ended in the middle, as if the process had been killed there. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

/** A collector over a model on real sockets, with real files; only time is the model's, and passes where somebody waits. */
export interface Collector {
  readonly folder: string;
  /** One cycle. `steps`: it is killed when it would take the next step (of a file of its own, or of the destination) after so many. */
  cycle(options?: { readonly steps?: number; readonly deep?: boolean; readonly retry?: boolean }): Promise<CycleResult>;
  readonly said: readonly string[];
  /** Whether every stretch of history is confirmed. */
  isSure(): Promise<boolean>;
}

// No lock is renewed: one that a killed run left is found by the id of its process.
const { every: _, ...world } = realContext();

export interface CollectorSettings {
  readonly chunk?: number;
  /** The key as it is now. */
  readonly key?: () => string;
  /** Whether each cycle takes the collector's lock first, as a process of its own. */
  readonly isLocked?: boolean;
}

/** The processes that run now. */
const running = new Set<number>();
let processes = 0;
const FIRST_PROCESS = 10_000_000;

export async function openCollector(
  model: Model,
  openDelivery: (ctx: Context, home: string, folder: string) => Promise<Delivery>,
  // So little that days are handed over in the middle of a reading.
  { chunk = 100_000, key, isLocked = false }: CollectorSettings = {},
): Promise<Collector> {
  const home = await makeHome();
  const folder = join(home, 'collector');
  const lockFile = join(folder, 'lock');
  const said: string[] = [];
  const base: Context = {
    ...world,
    env: {},
    tmp: home,
    clock: {
      now: () => model.now(),
      monotonic: () => model.now(),
      sleep: async (ms, signal) => {
        model.advance(ms);
        await nextTurn();
        signal?.throwIfAborted();
      },
    },
  };
  const connection: Connection = {
    provider: invent,
    base: model.base,
    orgs: ['c'],
    key: async () => makeSecret(key?.() ?? model.key, 'the test'),
    rate: undefined,
    maxWait: 86_400_000,
    zone: 'UTC',
    profile: undefined,
    close: async () => {},
  };
  return {
    folder,
    said,
    async isSure() {
      const { checkpoint: state } = await loadOrgCheckpoint(realFiles, orgFolder({ path: folder }, 'c'));
      return state?.spans.every(({ count }) => count !== null) === true;
    },
    async cycle({ steps = Number.POSITIVE_INFINITY, deep = false, retry = false } = {}) {
      let left = steps;
      const step = (): void => {
        if (left <= 0) throw new Killed();
        left -= 1;
      };
      const own: CollectorFolder = {
        path: folder,
        files: mortal(realFiles, step),
        makeFolder: async (path) => {
          await mkdir(path, { recursive: true });
        },
      };
      processes += 1;
      const pid = FIRST_PROCESS + processes;
      const ctx: Context = { ...base, pid, isRunning: (one) => running.has(one) };
      running.add(pid);
      await mkdir(folder, { recursive: true });
      const lock = isLocked ? await takeLock(ctx, lockFile, 'test') : undefined;
      let wasKilled = false;
      let opened: Delivery | undefined;
      const client = openClient(ctx, connection, {
        limits: { headers: 10_000, bodyIdle: 10_000, attempt: 30_000, connect: 10_000 },
      });
      try {
        opened = await openDelivery(ctx, home, folder);
        const delivery = mortalDelivery(opened, step);
        const say = (text: string) => {
          said.push(text);
        };
        return await runCycle(
          ctx,
          {
            name: 'test',
            folder: own,
            connection,
            client,
            query: EVERYTHING,
            delivery,
            say,
            idempotent: true,
            chunk,
          },
          { deep, retry },
        );
      } catch (error) {
        wasKilled = error instanceof Killed;
        throw error;
      } finally {
        running.delete(pid);
        await opened?.close();
        await client.close();
        const left = wasKilled ? await readFile(lockFile, 'utf8').catch(() => undefined) : undefined;
        await lock?.release();
        if (left !== undefined) await writeFile(lockFile, left);
      }
    },
  };
}

/** Dead is dead: after the first step that fails, every other fails. */
function mortal(files: Files, step: () => void): Files {
  const open = (file: OpenFile): OpenFile => ({
    ...file,
    write: async (bytes, position) => {
      step();
      return file.write(bytes, position);
    },
    sync: async () => {
      step();
      await file.sync();
    },
    truncate: async (size) => {
      step();
      await file.truncate(size);
    },
  });
  return {
    ...files,
    create: async (path) => {
      step();
      return open(await files.create(path));
    },
    reopen: async (path) => open(await files.reopen(path)),
    rename: async (from, to) => {
      step();
      await files.rename(from, to);
    },
    remove: async (path) => {
      step();
      await files.remove(path);
    },
    syncDirectory: async (path) => {
      step();
      await files.syncDirectory(path);
    },
  };
}

function mortalDelivery(delivery: Delivery, step: () => void): Delivery {
  if (delivery.kind === 'files')
    return {
      kind: 'files',
      close: () => delivery.close(),
      look: (known, deep) => delivery.look(known, deep),
      take: async (gathered, org, expected) => {
        step();
        const taken = await delivery.take(gathered, org, expected);
        step();
        return taken;
      },
    };
  return {
    kind: 'stream',
    close: () => delivery.close(),
    put: async (batch) => {
      step();
      await delivery.put(batch);
    },
    flush: async () => {
      step();
      await delivery.flush();
      step();
    },
  };
}
