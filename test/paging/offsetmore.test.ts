import { serversOf, table } from './table.js';

table('offset + has_more', serversOf('offset + has_more'));
