import { defineConfig } from 'vitest/config';

/** The checks against other programs that read what we write. Not part of `npm test`: they need Debian's packages. */
export default defineConfig({
  test: {
    root: `${import.meta.dirname}/../..`,
    include: ['test/engines/**/*.engine.ts'],
    testTimeout: 300_000,
    hookTimeout: 60_000,
    reporters: ['verbose'],
    maxConcurrency: 30,
  },
});
