import type { ProviderFile } from '../providers/file/parse.js';
import { forLog, logNames } from '../providers/logs.js';
import type { Provider } from '../providers/provider.js';
import { fillVariables } from '../providers/variables.js';
import { answer, type Door, type Log, pathOf } from './contract.js';
import { demoEntries } from './entry.js';
import type { Organization } from './organization.js';
import { hash } from './random.js';
import type { ToldLog } from './tell/actions.js';
import { entryTeller } from './tell/entry.js';
import { happeningOf } from './vendors/happening.js';
import { valueLog } from './vendors/values.js';
import type { WireAnswer, WireRequest } from './wire.js';

/** A vendor described by a file, with values for its variables: its logs, each as a vendor of its own. */
export interface DemoVendor {
  readonly provider: Provider;
  readonly logs: readonly Provider[];
  /** Opens a writer of an organization's log, in the entries of one of `logs`. */
  readonly tell: (log: Provider, organization: Organization) => Log<number>;
}

export function demoVendor({ provider: file, examples }: ProviderFile): DemoVendor {
  const provider = fillVariables(file, demoValues(file));
  const logs = logsOf(provider);
  return {
    provider,
    logs,
    tell: (log, organization) =>
      fileLog(log, examples, organization, {
        at: logs.indexOf(log),
        of: logs.length,
        ...named(provider, logs.indexOf(log)),
      }),
  };
}

function named(provider: Provider, at: number): { readonly log?: ToldLog } {
  const names = logNames(provider);
  return names[at] === undefined ? {} : { log: { name: names[at], names } };
}

/** The values of a vendor's variables: the defaults, or else the examples. */
export function demoValues({ variables = {} }: Pick<Provider, 'variables'>): ReadonlyMap<string, string> {
  return new Map(Object.entries(variables).map(([name, one]) => [name, one.default ?? one.example ?? 'demo']));
}

/** Each log of a vendor as a vendor with this log alone. */
export function logsOf(provider: Provider): readonly Provider[] {
  return provider.logs === undefined ? [provider] : logNames(provider).map((name) => forLog(provider, name));
}

/** Answers from the requested log. If several share one path, it is the first whose parameters the request has. */
export function answerFrom(
  logs: readonly Provider[],
  door: Omit<Door, 'provider'>,
  logOf: (log: Provider, org: string) => Log<number>,
  request: WireRequest,
): WireAnswer {
  let refused: WireAnswer | undefined;
  for (const provider of logs) {
    const answered = answer({ ...door, provider }, (org) => logOf(provider, org), request);
    if (answered.status === 200) return answered;
    // The most specific refusal, because other paths match the request less.
    if (refused === undefined || refused.status === 404) refused = answered;
  }
  return refused ?? { status: 404, headers: {}, body: pathOf(request) };
}

function fileLog(
  provider: Provider,
  examples: readonly unknown[],
  organization: Organization,
  share: { readonly at: number; readonly of: number; readonly log?: ToldLog },
): Log<number> {
  const tell = entryTeller(provider, examples, share.log);
  const entry = demoEntries(organization);
  const numbers: number[] = [];
  for (let n = organization.size - 1; n >= 0; n -= 1) if (hash(n, 71) % share.of === share.at) numbers.push(n);
  const told = (at: number) => tell(happeningOf(entry(numbers[at]!)), numbers[at]!);
  return valueLog(provider, {
    size: numbers.length,
    time: (at) => told(at).time,
    value: (at) => told(at).value,
  });
}
