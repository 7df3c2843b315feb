#!/usr/bin/env node
import { runOnNode24 } from './run-node.mjs';

await runOnNode24('src/cli/main.ts', process.argv.slice(2));
