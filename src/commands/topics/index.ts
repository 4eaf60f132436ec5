import { columns } from './columns.js';
import { environment } from './environment.js';
import { exits } from './exits.js';
import { filters } from './filters.js';
import { formats } from './formats.js';
import { times } from './times.js';
import type { Topic } from './topic.js';

/** What `auditlog help NAME` explains besides commands. */
export const TOPICS: readonly Topic[] = [times, filters, columns, formats, exits, environment];
