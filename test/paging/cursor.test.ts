import { serversOf, table } from './table.js';

table('cursor', serversOf('cursor'));
