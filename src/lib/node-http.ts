import type * as Http from 'node:http';

/**
 * `node:http` as it is. An `import` of that name reads every export of the module, `WebSocket` among them, for which Node then loads its whole client for the
 * web (undici, with HTTP/2 and WebAssembly): 50 ms of processor time and 8 MB that nobody here uses (Node 24.21).
 */
const http: typeof Http = process.getBuiltinModule('node:http');

export const request: typeof http.request = http.request;
export const createServer: typeof http.createServer = http.createServer;
export const Agent: typeof http.Agent = http.Agent;
export type Agent = InstanceType<typeof http.Agent>;
export const STATUS_CODES: typeof http.STATUS_CODES = http.STATUS_CODES;
