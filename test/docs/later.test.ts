import { vi } from 'vitest';
import { onceAClock, onceAnEntry } from '../helpers/demos.js';
import { runsAt } from './typed.js';

vi.mock('../../src/demo/organization.js', async (original) => onceAClock(await original()));
vi.mock('../../src/demo/entry.js', async (original) => onceAnEntry(await original()));

// A year later: a Monday that has only begun, with a week and a month.
runsAt('2027-11-01T00:30:00Z');
