import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { measure, type Server } from './measure.js';

/** A line of a profile: a function, and its own share of the time of the run's main thread, %. */
export interface Share {
  readonly what: string;
  readonly share: number;
}

interface Node {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
}

/** Runs `auditlog ARGUMENTS` under V8's own sampling profiler, and gives where most of the time went. */
export async function profile(args: string, server: Server, folder: string, most: number): Promise<readonly Share[]> {
  const place = join(folder, 'profile');
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place);
  const program = join(process.cwd(), 'bin', 'auditlog.js');
  await measure(`${process.execPath} --cpu-prof --cpu-prof-dir=profile ${program} ${args}`, server, folder);
  const [name = ''] = readdirSync(place);
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(place, name), 'utf8')) as {
    readonly nodes: readonly Node[];
    readonly samples: readonly number[];
    readonly timeDeltas: readonly number[];
  };
  const byId = new Map(nodes.map((node) => [node.id, whatOf(node)]));
  const own = new Map<string, number>();
  for (const [at, id] of samples.entries()) {
    const what = byId.get(id) ?? '';
    own.set(what, (own.get(what) ?? 0) + (timeDeltas[at] ?? 0));
  }
  const whole = [...own.values()].reduce((sum, time) => sum + time, 0);
  return [...own]
    .sort(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([what, time]) => ({ what, share: (100 * time) / whole }));
}

function whatOf({ callFrame: { functionName, url } }: Node): string {
  const name = functionName === '' ? 'a function without a name' : functionName;
  if (url === '') return name;
  if (url.startsWith('node:')) return `${name}, Node`;
  const [, packageName] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  return `${name}, ${packageName ?? 'auditlog'}`;
}
