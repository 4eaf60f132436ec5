import { serversOf, table } from './table.js';

table('offset', serversOf('offset'));
