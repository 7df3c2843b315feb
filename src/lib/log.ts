import { destination as pinoDestination, pino, type DestinationStream, type Logger } from 'pino';

export type { Logger } from 'pino';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LoggerOptions {
  /** One of {@link logLevels}; pino throws on another one. */
  readonly level: string;
  /** Goes into every line as `name`. */
  readonly name?: string;
  /** Where lines go; standard error, written synchronously, when left out: a log line that explains a crash must not be lost in it. */
  readonly destination?: DestinationStream;
}

/** Object keys whose values never reach a log line, at the top level and one below. */
const secretKeys = ['token', 'password', 'secret', 'authorization'];

/**
 * A logger that writes one JSON object a line: `{"level":"info","time":"…Z","name":…,"msg":…}`. Errors are logged as `err`.
 * Values under keys that name secrets are replaced by `[secret]`.
 */
export function createLogger(options: LoggerOptions): Logger {
  return pino(
    {
      level: options.level,
      base: options.name === undefined ? {} : { name: options.name },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretKeys.flatMap((key) => [key, `*.${key}`]), censor: '[secret]' },
    },
    options.destination ?? pinoDestination({ fd: 2, sync: true }),
  );
}
