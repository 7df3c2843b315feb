// npm run docs: writes the pages of docs/reference that are made from the source. A test compares them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { optionsReference } from '../src/config/reference.ts';
import { root } from './run-node.mjs';

mkdirSync(join(root, 'docs', 'reference'), { recursive: true });
writeFileSync(join(root, 'docs', 'reference', 'options.md'), optionsReference());
