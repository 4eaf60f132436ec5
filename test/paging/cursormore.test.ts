import { serversOf, table } from './table.js';

table('cursor + has_more', serversOf('cursor + has_more'));
