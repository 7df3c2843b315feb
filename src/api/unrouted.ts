import { Problem } from './problem.ts';
import { routeAccess } from './route-access.ts';

interface KnownRoute {
  readonly method: string;
  readonly path: RegExp;
}

const knownRoutes: readonly KnownRoute[] = Object.keys(routeAccess).map((route) => {
  const [method = '', url = ''] = route.split(' ');
  const path = url.replaceAll('.', '\\.').replaceAll(/:\w+/gu, '[^/]+').replace('*', '.*');
  return { method, path: new RegExp(`^${path}$`, 'u') };
});

/** Methods of the routes at a path, for `Allow`: HEAD where there is GET. Nothing where no route is. @param path Without its query. */
function methodsAt(path: string): readonly string[] {
  const methods = new Set(knownRoutes.filter((route) => route.path.test(path)).map(({ method }) => method));
  return ['GET', 'HEAD', 'POST', 'DELETE'].filter((method) => methods.has(method === 'HEAD' ? 'GET' : method));
}

/**
 * What a request is told that no route takes: nothing is there (404), it is a WebSocket (426), or only with other methods (405 with
 * `Allow`, RFC 9110, section 15.5.6). @param url With its query.
 */
export function unrouted(method: string, url: string): Problem {
  const path = /^[^?]*/u.exec(url)?.[0] ?? '';
  const methods = methodsAt(path);
  if (methods.length > 0)
    return new Problem(405, 'method.unknown', `${method} is not possible at ${path}`, undefined, {
      allow: [...methods, 'OPTIONS'].join(', '),
    });
  if (!Object.hasOwn(routeAccess, `WS ${path}`)) return new Problem(404, 'path.unknown', `there is nothing at ${path}`);
  return new Problem(426, 'upgrade.required', `${path} is a WebSocket: ask for an upgrade`, undefined, {
    upgrade: 'websocket',
    connection: 'upgrade',
  });
}
