import { runProgram } from './program.ts';
import { processTerminal } from './terminal.ts';

const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
// The launcher of bin/ was killed.
process.on('disconnect', () => stop.abort());
process.channel?.unref();
// A reader that has seen enough (`| head`) closes the pipe: not an error.
process.stdout.on('error', () => process.exit(0));

const status = await runProgram(process.argv.slice(2), {
  terminal: processTerminal,
  env: process.env,
  stop: stop.signal,
});
// The process ends by itself. process.exit() waits for V8's threads before it tells them to stop: one that waits for a collection of the heap
// meanwhile is never answered, and the process hangs (Node 24.21, 2 of 40 first starts). It is left for whatever was not stopped in time.
process.exitCode = status;
setTimeout(() => process.exit(status), 1000).unref();
