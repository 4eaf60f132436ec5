import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FOLDER, PICTURES, pictureOf } from './pictures.js';

/** Whether the pictures are to be written, as `npm run pictures` does, and not compared. */
const IS_WRITING = process.env.AUDITLOG_WRITE_DOCS === '1';

test.each(PICTURES.map((one) => [one.name, one] as const))(
  'the picture %s shows what the program prints (npm run pictures)',
  async (_, picture) => {
    const file = join(FOLDER, `${picture.name}.svg`);
    const svg = await pictureOf(picture);
    if (IS_WRITING) writeFileSync(file, svg);
    expect(readFileSync(file, 'utf8')).toBe(svg);
  },
);
