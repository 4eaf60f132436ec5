#!/usr/bin/env node
// CommonJS, as bin/package.json says: with modules Node takes a fifth longer to start.
const argv = process.argv.slice(2);

/** The answers with a file of their own, which loads nothing else. */
const quick = /^(?:(-V|--version)|(complete)|-h|--help|help)$/.exec(argv.length === 0 ? 'help' : argv[0]);

async function main() {
  if (quick !== null) {
    const name = quick[1] ? 'version' : quick[2] ? 'complete' : 'help';
    if (await require(`../dist/quick/${name}.cjs`).answer(argv)) return;
  }
  const { run } = await import('../dist/main.js');
  // Not process.exit(), which would lose what is on its way to a pipe. Only a stopped run does not wait for a reader that hangs.
  process.exitCode = await run(argv);
  if (process.exitCode >= 129) setTimeout(() => process.exit(), 1000).unref();
}

void main();
