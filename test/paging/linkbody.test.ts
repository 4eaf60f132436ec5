import { serversOf, table } from './table.js';

table('link in the body', serversOf('link in the body'));
