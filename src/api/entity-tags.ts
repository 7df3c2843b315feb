import { hash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

/** Answers that are longer are streams or pages that nobody asks for again. */
const lengthMax = 8 << 20;

/**
 * Gives answers in JSON to GET a weak entity tag made of what they say, and answers 304 without them to who has them already (RFC 9110, 13.1.2): whoever
 * asks again every few seconds is sent nothing as long as nothing changed. The work of making the answer remains. Add it after what changes payloads.
 */
export function addEntityTags(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead || reply.statusCode !== 200 || typeof payload !== 'string' || payload.length > lengthMax)
      return payload;
    if (!String(reply.getHeader('content-type') ?? '').startsWith('application/json')) return payload;
    const tag = `W/"${hash('sha256', payload, 'base64url').slice(0, 27)}"`;
    reply.header('etag', tag);
    if (!matches(request.headers['if-none-match'], tag)) return payload;
    reply.code(304).removeHeader('content-length').removeHeader('content-type');
    return null;
  });
}

/** Does one of the tags of an `If-None-Match` fit? Compared weakly. Pure. */
function matches(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  const opaque = (one: string): string => one.trim().replace(/^W\//u, '');
  return header.trim() === '*' || header.split(',').some((one) => opaque(one) === opaque(tag));
}
