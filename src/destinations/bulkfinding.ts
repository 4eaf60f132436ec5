import { AuditlogError } from '../errors.js';
import type { CheckFinding } from './destination.js';
import { failedFinding } from './waycheck.js';

/** Tells each of `names`, in this order, as `look` finds it. An error that it ends with is what was found of the next one; those after it are told as not looked at. */
export async function* toldOf(
  names: readonly string[],
  look: AsyncIterable<CheckFinding>,
): AsyncGenerator<CheckFinding, void> {
  const left = new Set(names);
  const told = (finding: CheckFinding) => {
    left.delete(finding.name);
    return finding;
  };
  try {
    for await (const finding of look) yield told(finding);
  } catch (error) {
    const [name] = left;
    if (!(error instanceof AuditlogError) || name === undefined) throw error;
    yield told(failedFinding(name, error));
  }
  for (const name of left) yield { name, status: 'skipped', what: 'not looked at' };
}
