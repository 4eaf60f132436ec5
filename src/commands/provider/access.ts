import { personText } from '../../access/answer.js';
import { openAccessReader } from '../../access/record.js';
import type { AuditEvent } from '../../event.js';
import type { Provider } from '../../providers/provider.js';

/** What the file says of access: an effect a line, with its actions. */
export function accessLines({ access }: Provider): readonly string[] {
  return (access?.rules ?? []).map(({ does, actions }) => `Access ${does.padEnd(8)} ${actions.join(', ')}`);
}

/** What an entry does to access. */
export function accessOf(provider: Provider, { entry }: AuditEvent): readonly string[] {
  if (provider.access === undefined) return [];
  const { record, problem } = openAccessReader(provider, provider.access)(entry, '', false);
  if (problem === 'nobody') return ['  access         changes it, and names no person where the file says'];
  const move = record?.move;
  if (move === undefined) return [];
  const { does, person, role, oldRole, scope } = move;
  const words = [
    does,
    ...(does === 'unclear' ? [] : [personText(person)]),
    ...(oldRole === undefined ? [] : [`from ${oldRole}`]),
    ...(role === undefined ? [] : [`to ${role}`]),
    ...(scope === '' ? [] : [`in ${scope}`]),
  ];
  return [`  access         ${words.join(' ')}`];
}
