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
// Whatever was not stopped in time must not keep the process alive.
process.exit(status);
