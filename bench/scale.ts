import { drawn, tables } from './scalemodel.js';

/**
 * `node bench/run.mjs scale`: prints the tables of docs/explanation/scale.md. `--measure`: measures what they are made of, on this machine, and prints
 * that instead (bench/scalemodel.ts holds what was measured).
 */
if (process.argv.includes('--measure')) {
  const { measureScale } = await import('./scalemeasure.js');
  await measureScale((line) => process.stdout.write(`${line}\n`));
} else for (const table of tables()) process.stdout.write(`${table.name}:\n\n${drawn(table)}\n\n`);
