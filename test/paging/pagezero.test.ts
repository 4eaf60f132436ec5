import { serversOf, table } from './table.js';

table('page from 0', serversOf('page from 0'));
