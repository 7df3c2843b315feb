import { hostname, userInfo } from 'node:os';

/** `USER@HOST`: who does what the command line writes down. In an image a user often has a number only. */
export function localUser(): string {
  return `${userName()}@${hostname()}`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${String(process.getuid?.() ?? 'unknown')}`;
  }
}
