import type { Provider } from '../../src/providers/provider.js';
import { openMeanings } from '../../src/schemas/meaning.js';
import { CLASSES } from '../../src/schemas/ocsf/classes.js';

/** A table in Markdown of what each documented action of a vendor becomes in OCSF. */
export function meaningTable(provider: Provider): string {
  const find = openMeanings(provider);
  const rows = new Map<string, string[]>();
  for (const action of Object.keys(provider.actions)) {
    const { class: uid, activity } = find(action);
    const key = `${uid} | ${activity} ${CLASSES[uid].activities.get(activity) ?? 'Other'}`;
    rows.set(key, [...(rows.get(key) ?? []), `\`${action}\``]);
  }
  const lines = [...rows].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
  const body = lines.map(([key, actions]) => `| ${key} | ${actions.join(' ')} |`);
  return ['| class | activity | actions |', '|---|---|---|', ...body].join('\n');
}
