import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import { Marked } from 'marked';
import { Problem } from './problem.ts';

const folder = new URL('../../docs/', import.meta.url);
/** Nothing that could leave the folder. */
const pageName = /^(?:[A-Za-z0-9-]+\/)?[A-Za-z0-9-]+\.md$/;
const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}
code,pre{font-family:ui-monospace,monospace;font-size:.9em;background:#f3f4f6}code{padding:0 .2em}pre{padding:.8em;overflow:auto}
table{border-collapse:collapse;display:block;overflow:auto}td,th{border:1px solid #d0d7de;padding:.3em .6em;text-align:left;vertical-align:top}
@media(prefers-color-scheme:dark){body{background:#14171a;color:#d7dce1}code,pre{background:#22272d}a{color:#7ab8ff}td,th{border-color:#3a424b}}`;
const styleHash = createHash('sha256').update(style).digest('base64');

/** Anchor of a heading, as GitHub makes it, so that links work in both places. Pure. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
}

/** A page of docs as one of HTML. Pure. @param markdown Of our own: HTML in it is passed on. */
export function renderPage(markdown: string): string {
  let title = 'Anchorwatch';
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }): string {
        if (depth === 1) title = `${text} · Anchorwatch`;
        return `<h${String(depth)} id="${anchorOf(text)}">${this.parser.parseInline(tokens)}</h${String(depth)}>\n`;
      },
    },
  });
  const body = marked.parse(markdown, { async: false });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${style}</style></head>
<body>${body}</body></html>
`;
}

/**
 * `GET /docs/…`: the documentation of this release, runbooks above all, where whoever is paged needs no other server for it.
 * Problem `path.unknown` where there is no such page.
 */
export function addHandbook(app: FastifyInstance): void {
  app.get<{ Params: { '*': string } }>('/docs/*', async (request, reply) => {
    const name = request.params['*'];
    const markdown = pageName.test(name)
      ? await readFile(new URL(name, folder), 'utf8').catch(() => undefined)
      : undefined;
    if (markdown === undefined) throw new Problem(404, 'path.unknown', `there is no page at ${request.url}`);
    return reply
      .header(
        'content-security-policy',
        `default-src 'none'; style-src 'sha256-${styleHash}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
      )
      .type('text/html; charset=utf-8')
      .send(renderPage(markdown));
  });
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
