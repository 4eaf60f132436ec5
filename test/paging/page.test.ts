import { serversOf, table } from './table.js';

table('page from 1', serversOf('page from 1'));
