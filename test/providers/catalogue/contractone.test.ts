import { tryVendors } from './contract.js';

tryVendors(0, 2);
