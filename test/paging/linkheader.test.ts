import { serversOf, table } from './table.js';

table('link header', serversOf('link header'));
