import { tryVendors } from './contract.js';

tryVendors(1, 2);
