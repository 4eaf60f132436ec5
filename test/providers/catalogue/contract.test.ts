import { describe, expect, test } from 'vitest';
import { loadShipped, SHIPPED } from '../../../src/providers/file/shipped.js';
import { faultOf, USES } from './uses.js';

describe.each(process.env.NAMES?.split(',') ?? SHIPPED)('%s, against a server that its file describes', (name) => {
  test.each(USES)('%s gives the truth', async (use) => {
    const file = (await loadShipped(name))!;
    const fault = await faultOf(file, use);
    if (fault !== undefined) expect.fail(fault);
  });
});
