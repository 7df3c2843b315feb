import { clip, oneLine } from '../text.ts';

/**
 * Somebody else's text as Slack's mrkdwn shows it: `&`, `<` and `>` are what begins links, mentions and dates
 * (https://docs.slack.dev/messaging/formatting-message-text), and nothing else can mention anybody in a text that is `verbatim`. At most `most`
 * characters, with whole entities. Pure.
 */
export function escaped(text: string, most: number): string {
  let whole = '';
  for (const character of text) {
    const next = entities.get(character) ?? character;
    if (whole.length + next.length > most - 1) return most < 1 ? '' : fits(text, whole, most);
    whole += next;
  }
  return whole;
}

const entities: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
]);

/** The whole where just its last character fills the room, else what there is of it and `…`. */
function fits(text: string, cut: string, most: number): string {
  const all = text.replaceAll(/[&<>]/gu, (character) => entities.get(character) ?? character);
  return all.length <= most ? all : `${cut}…`;
}

/** A name as code, in which asterisks and underscores are themselves. Pure. */
export function code(text: string, most: number): string {
  const plain = oneLine(text).replaceAll('`', 'ˋ');
  return plain === '' ? '–' : `\`${escaped(plain, most - 2)}\``;
}

/** Lines as a block of code; lines that do not fit are left out. Pure. */
export function codeBlock(lines: readonly string[], most: number): string {
  const kept: string[] = [];
  let room = most - '```\n\n```'.length - 2;
  for (const line of lines) {
    const text = escaped(line.replaceAll('`', 'ˋ'), 500);
    room -= text.length + 1;
    if (room < 0) {
      kept.push('…');
      break;
    }
    kept.push(text);
  }
  return `\`\`\`\n${kept.join('\n')}\n\`\`\``;
}

/** `<URL|name>`; undefined where the address cannot stand in one. Pure. */
export function link(url: string | undefined, name: string): string | undefined {
  if (url === undefined || url.length > 700 || !URL.canParse(url)) return undefined;
  const { protocol, href } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') return undefined;
  const plain = href.replaceAll('|', '%7C').replaceAll('<', '%3C').replaceAll('>', '%3E').replaceAll('&', '&amp;');
  return `<${plain}|${escaped(clip(name, 60), 75)}>`;
}

/** A time as each reader's own clock has it. @param time RFC 3339. Pure. */
export function localTime(time: string): string {
  const ms = Date.parse(time);
  const shown = escaped(time, 40);
  return Number.isNaN(ms) ? shown : `<!date^${String(Math.floor(ms / 1000))}^{date_short_pretty} {time_secs}|${shown}>`;
}
