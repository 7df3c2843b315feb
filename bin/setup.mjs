#!/usr/bin/env node
// Plain JavaScript that Node 20 runs without any dependency: it stands before `npm ci`.
//
//   node bin/setup.mjs start|test|demo|kernels [SCRIPT ARGUMENT…]
//
// makes a checkout ready for the purpose, says what it does on standard error, and then runs the script on Node 24.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runOnNode24 } from './run-node.mjs';
import { aptInstall, decide, distribution, systemPackages } from './system-packages.mjs';

const purposes = ['start', 'test', 'demo', 'kernels'];
const forbidden = process.env.ANCHORWATCH_NO_INSTALL === '1';

function say(text) {
  process.stderr.write(`setup: ${text}\n`);
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Why the packages have to be installed; undefined when what is installed is what the lock file says. */
function staleReason(purpose) {
  const lock = readJson(join(root, 'package-lock.json'));
  if (lock === undefined) return undefined;
  const installed = readJson(join(root, 'node_modules', '.package-lock.json'));
  if (installed === undefined) return 'node_modules is missing';
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (path === '' || entry.optional || (purpose === 'start' && entry.dev)) continue;
    const version = installed.packages?.[path]?.version;
    if (version !== entry.version) {
      return `${path} is ${version ?? 'missing'}, package-lock.json wants ${entry.version}`;
    }
  }
  return undefined;
}

function npm(args) {
  return spawnSync('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
}

/** Installs what package-lock.json lists. Install scripts stay off but for `node`, which fetches Node 24: the native modules bring prebuilt binaries. */
function installPackages(purpose) {
  const stale = staleReason(purpose);
  const nodeMissing = !existsSync(join(root, 'node_modules', '.bin', 'node'));
  if (stale === undefined && !nodeMissing) return true;
  if (stale !== undefined) {
    say(`${stale}: running npm ci (about a minute)`);
    if (npm(['ci', '--ignore-scripts']).status !== 0) {
      say('npm ci failed, see above. It needs the npm registry that `npm config get registry` names. Then run: npm ci');
      return false;
    }
  }
  if (!existsSync(join(root, 'node_modules', '.bin', 'node')) || stale !== undefined) {
    say('fetching Node 24 into node_modules');
    if (npm(['rebuild', 'node', '--foreground-scripts=false']).status !== 0) {
      say('fetching Node 24 failed, see above. Run: npm rebuild node');
      return false;
    }
  }
  say('packages are ready');
  return true;
}

/** Missing system packages never stop the program: without them it does less, and says so itself. */
function installSystemPackages(purpose) {
  if (process.platform !== 'linux') return;
  const missing = systemPackages.filter((entry) => entry.for.includes(purpose) && !entry.present());
  const isRoot = process.getuid?.() === 0;
  const decision = decide({
    missing: missing.map((entry) => entry.name),
    distribution: distribution(),
    root: isRoot,
    forbidden,
  });
  if (decision.act === 'nothing') return;
  say('missing system packages:');
  for (const entry of missing) say(`  ${entry.name} (${entry.why})`);
  if (decision.act === 'install') {
    say(`installing them: ${decision.command}`);
    if (aptInstall(missing.map((entry) => entry.name))) say('system packages are ready');
    else say(`apt-get failed, see above; going on without. By hand: ${decision.command}`);
    return;
  }
  say(`${decision.reason}; going on without.${decision.command === '' ? '' : ` By hand: ${decision.command}`}`);
}

const [purpose, script, ...args] = process.argv.slice(2);
if (!purposes.includes(purpose)) {
  say(`usage: node bin/setup.mjs ${purposes.join('|')} [SCRIPT ARGUMENT…]`);
  process.exitCode = 2;
} else if (!installPackages(purpose)) {
  process.exitCode = 1;
} else {
  installSystemPackages(purpose);
  if (script !== undefined) await runOnNode24(script, args);
}
