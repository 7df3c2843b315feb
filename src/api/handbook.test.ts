import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { runbookPages } from '../model/runbook.ts';
import { anchorOf, renderPage } from './handbook.ts';

const folder = new URL('../../docs/', import.meta.url).pathname;
const pages = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'));
const rendered = new Map(pages.map((name) => [name, renderPage(readFileSync(join(folder, name), 'utf8'))]));

test.each([
  ['The alert budget', 'the-alert-budget'],
  ['`--routes`: who is told?', '--routes-who-is-told'],
  ['Größe & Maß', 'größe--maß'],
])('the anchor of %s is %s', (heading, anchor) => {
  expect(anchorOf(heading)).toBe(anchor);
});

test('headings have anchors, tables and code are what they are, and what looks like a tag in code is none', () => {
  const page = renderPage('# A & `b<c>`\n\n## Two words\n\n| a |\n| - |\n| `<n>` |\n');
  expect(page).toContain('<title>A &amp; `b&lt;c>` · Anchorwatch</title>');
  expect(page).toContain('<h2 id="two-words">Two words</h2>');
  expect(page).toContain('<code>&lt;n&gt;</code></td>');
});

test('there is a page for every kind of alert', () => {
  expect(pages).toEqual(expect.arrayContaining(runbookPages.map((page) => `runbooks/${page}.md`)));
});

test.each(pages)('what %s points to within the documentation is there', (name) => {
  const links = [...(rendered.get(name) ?? '').matchAll(/href="([^"]+)"/g)].map(([, link = '']) => link);
  const broken = links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? name : normalize(join(dirname(name), path));
    // Of the repository, not of the documentation.
    if (target.startsWith('..')) return false;
    const page = rendered.get(target);
    return page === undefined || (anchor !== undefined && !page.includes(`id="${decodeURIComponent(anchor)}"`));
  });
  expect(broken).toEqual([]);
});
