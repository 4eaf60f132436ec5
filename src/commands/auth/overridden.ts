import type { Context } from '../../context.js';
import type { Notes } from '../say/notes.js';

/** Says so when the environment holds a key: it wins over a saved one, which surprises who has just saved or removed one. */
export function tellOverridden({ env }: Pick<Context, 'env'>, notes: Notes): void {
  const variable = ['AUDITLOG_API_KEY_FILE', 'AUDITLOG_API_KEY'].find((name) => (env[name] ?? '') !== '');
  if (variable !== undefined) notes.insist(`warning: $${variable} is set, and wins over any saved key`);
}
