import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';

const load = createRequire(import.meta.url);

/** The YAML library, read when it is first asked for: 20 ms and 3 MB that a start does not need where nobody has written a file for it. */
export function yaml(): typeof Yaml {
  return load('yaml') as typeof Yaml;
}
