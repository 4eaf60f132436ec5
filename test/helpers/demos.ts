import type { Log } from '../../src/demo/contract.js';
import type { Organization } from '../../src/demo/organization.js';

/**
 * The demo's history, made once for each clock and not for each command. For tests that run many:
 * `vi.mock('../../src/demo/organization.js', async (original) => onceAClock(await original()));` and the same of `entry.js` with `onceAnEntry`.
 */
export function onceAClock<T extends { readonly demoOrganization: (now: number) => Organization }>(real: T): T {
  return { ...real, demoOrganization: once(real.demoOrganization) };
}

export function onceAnEntry<T extends { readonly inventLog: (organization: Organization) => Log<number> }>(real: T): T {
  const inventLog = once((organization: Organization) => {
    const log = real.inventLog(organization);
    return { ...log, view: { ...log.view, text: once(log.view.text) } };
  });
  return { ...real, inventLog };
}

function once<K, V>(make: (key: K) => V): (key: K) => V {
  const made = new Map<K, V>();
  return (key) => {
    const value = made.get(key) ?? make(key);
    made.set(key, value);
    return value;
  };
}
