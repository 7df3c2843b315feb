// Plain JavaScript that Node 20 runs without any dependency: it stands before `npm ci`.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import nodeModule from 'node:module';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The checkout, or the installed package: the folder above `bin`. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Compiled code is kept here: later starts are faster and need a fifth less memory, since no TypeScript has to be read. */
const compileCache = join(root, 'node_modules', '.cache', 'anchorwatch');
/** Compiled code belongs to V8's flags: a folder of its own tells whether the product's is there. Other flags need another name. */
const productCache = join(compileCache, 'product-2');
/**
 * WebAssembly (Node reads TypeScript and HTTP by it) is not optimised while it runs: the step to the optimised code ended the process in V8
 * now and then ("Check failed: it->second.Size() > offset", Runtime_WasmTriggerTierUp; the like in nodejs/node#64500), and a start without it takes
 * some 10 % less processor time.
 */
const wasmFlags = ['--no-wasm-tier-up', '--no-wasm-dynamic-tiering'];
/**
 * The product is a guest on the node: a small young generation, one helper thread, code kept small. Measured with `up` at rest: 199 MB
 * resident with Node's defaults and no compiled code, 139 MB with these and a warm cache.
 */
const productFlags = ['--max-semi-space-size=2', '--v8-pool-size=1', '--optimize-for-size', ...wasmFlags];
/**
 * The collector alone is no guest: it takes alerts of all nodes. With the flags above an alert costs it 280 µs, with these 50 µs: code that is
 * kept small is not optimised. The young generation holds what 20,000 alerts a second leave behind while they wait for the disk.
 */
const collectorCache = join(compileCache, 'collector-2');
const collectorFlags = ['--max-semi-space-size=16', ...wasmFlags];
const neededMajor = 24;
const bundledNode = join(root, 'node_modules', '.bin', 'node');

/** The Node to run on: the one in `node_modules` when it is there, else this one when it is new enough, else undefined. */
function chooseNode() {
  if (existsSync(bundledNode)) return bundledNode;
  return Number.parseInt(process.versions.node, 10) >= neededMajor ? process.execPath : undefined;
}

/** The first start ever compiles in a process of its own: what the compilers took is not carried by the one that stays. */
function warm(node) {
  if (existsSync(productCache)) return;
  // The reader of the rings last: outside of its thread it has nothing to read and ends.
  const modules = [
    ...['agent/agent', 'collector/collector', 'cli/up', 'history/archive-worker', 'sensor/reader-worker'],
  ].map((name) => JSON.stringify(pathToFileURL(join(root, `src/${name}.ts`)).href));
  const text = modules.map((module) => `await import(${module});`).join('\n');
  const env = { ...process.env, NODE_COMPILE_CACHE: productCache };
  // Only a cache: one that does not end (seen once, at its exit) must not keep the program from starting.
  const options = { stdio: 'ignore', env, timeout: 20_000, killSignal: 'SIGKILL' };
  spawnSync(node, [...productFlags, '--input-type=module', '--eval', text], options);
  spawnSync(node, [...productFlags, join(root, 'src/cli/main.ts'), 'version'], options);
}

/**
 * Runs a script of this package on Node 24, whatever Node runs this. Does not return control: the process ends as the script ends.
 * In a child process, signals are passed on and its exit status becomes ours.
 * @param {string} script Path of the script, relative to the package.
 * @param {readonly string[]} args
 */
export async function runOnNode24(script, args) {
  const node = chooseNode();
  if (node === undefined) {
    process.stderr.write(
      `anchorwatch needs Node ${neededMajor} or newer, this is ${process.version}, and node_modules has none.\n` +
        `Run this once, it installs one beside the project: cd ${root} && node bin/setup.mjs start\n`,
    );
    process.exitCode = 1;
    return;
  }
  const path = join(root, script);
  const isProduct = script.startsWith('src/');
  const isCollector = isProduct && args[0] === 'collector';
  const nodeFlags = isCollector ? collectorFlags : isProduct ? productFlags : [];
  const cache = isCollector ? collectorCache : isProduct ? productCache : compileCache;
  if (isProduct && !isCollector) warm(node);
  if (realpathSync(node) === realpathSync(process.execPath)) {
    // Flags of V8 count only from the start: the process replaces itself, and stays who it is to whoever started it.
    if (nodeFlags.some((flag) => !process.execArgv.includes(flag)) && typeof process.execve === 'function')
      process.execve(process.execPath, [process.execPath, ...nodeFlags, path, ...args], {
        NODE_COMPILE_CACHE: cache,
        ...process.env,
      });
    process.argv = [process.execPath, path, ...args];
    nodeModule.enableCompileCache?.(cache);
    await import(pathToFileURL(path).href);
    return;
  }
  const env = {
    NODE_COMPILE_CACHE: cache,
    ...process.env,
    PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
  };
  // The channel carries nothing: when this process is killed, the script sees it close and ends as well.
  const child = spawn(node, [...nodeFlags, path, ...args], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT']) {
    process.on(signal, () => {
      // A terminal sends its signals to the child as well.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    process.stderr.write(`cannot run ${node}: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (status, signal) => {
    process.exit(status ?? 128 + (constants.signals[signal] ?? 0));
  });
}
