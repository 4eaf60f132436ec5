#!/usr/bin/env node
import { run } from '../dist/main.js';

// Not process.exit(): what is on its way to a pipe must arrive. Only a run that was stopped does not wait for a reader that hangs.
process.exitCode = await run(process.argv.slice(2));
if (process.exitCode >= 129) setTimeout(() => process.exit(), 1000).unref();
