import { AnchorwatchError } from '../lib/errors.ts';

/** Throws `collector.url` for what is no WebSocket's address. */
export function checkUrl(url: string): void {
  if (URL.canParse(url) && /^wss?:$/u.test(new URL(url).protocol)) return;
  throw new AnchorwatchError(
    'collector.url',
    `the collector's address must look like ws://HOST:PORT or wss://HOST:PORT, not ${url}`,
  );
}

/** The endpoint of agents below the collector's address. */
export function agentUrl(collectorUrl: string): string {
  const url = new URL(collectorUrl);
  url.pathname = `${url.pathname.replace(/\/+$/u, '')}/agent`;
  return url.href;
}
