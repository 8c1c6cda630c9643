/** Markdown pages as text: what is left of one without its code, its words, its links and its anchors. */

/** Texts of Markdown pages by their paths from the workspace's root, with `/` between folders. */
export type Pages = ReadonlyMap<string, string>;

/** One link of a page. */
export interface Link {
  /** As written, without a title: `config.md#anchors`. */
  readonly target: string;
  /** Counted from 1. */
  readonly line: number;
}

const FENCE = /^\s*(?:[-*+]\s+|\d+\.\s+)?(`{3,}|~{3,})/u;
/** The second half of `[text](target "title")`; the text may hold anything. */
const INLINE_LINK = /\]\(\s*<?([^()\s>]+)>?(?:\s+"[^"]*")?\s*\)/gu;
const INLINE_CODE = /(?<!`)(`+)(?!`)(?:(?!\n\s*\n)[^])+?(?<!`)\1(?!`)/gu;
const REFERENCE_LINK = /^\s{0,3}\[[^\]]+\]:\s+<?([^\s>]+)/gmu;
const HTML_LINK = /<(?:a|img|source)\b[^>]*?\b(?:href|src)="([^"]+)"/gu;
const HTML_ANCHOR = /<a\b[^>]*?\b(?:id|name)="([^"]+)"/gu;
const HEADING = /^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$/gmu;

/**
 * A page with its fenced code blocks emptied. Lines keep their numbers.
 *
 * @example withoutCode('a\n```\nb\n```\nc') // 'a\n\n\n\nc'
 */
export function withoutCode(text: string): string {
  let fence: string | undefined;
  const lines = text.split('\n').map((line) => {
    const [, mark] = FENCE.exec(line) ?? [];
    if (fence === undefined) {
      fence = mark;
      return mark === undefined ? line : '';
    }
    if (mark?.startsWith(fence) === true && line.trim() === mark) fence = undefined;
    return '';
  });
  return lines.join('\n');
}

/** How many words a text has, by the measure of `wc -w`: whatever stands between white space is one. */
export function wordCount(text: string): number {
  return text.split(/\s+/u).filter((word) => word !== '').length;
}

/** Every link of a page outside its code, in the order of the page. */
export function linksOf(text: string): readonly Link[] {
  const prose = withoutInlineCode(withoutCode(text));
  return [INLINE_LINK, REFERENCE_LINK, HTML_LINK]
    .flatMap((pattern) =>
      [...prose.matchAll(pattern)].map(({ 0: whole, 1: target, index }) => ({
        target: target!,
        line: prose.slice(0, index + whole.indexOf(target!)).split('\n').length,
      })),
    )
    .sort((a, b) => a.line - b.line);
}

/**
 * The anchors of a page, made from its headings as GitHub makes them, with those that HTML sets.
 *
 * @example anchorsOf('# What `holds`, and why') // Set { 'what-holds-and-why' }
 */
export function anchorsOf(text: string): ReadonlySet<string> {
  const prose = withoutCode(text);
  const anchors = new Set([...prose.matchAll(HTML_ANCHOR)].map(([, name]) => name!));
  const uses = new Map<string, number>();
  for (const [, heading] of prose.matchAll(HEADING)) {
    const slug = heading!
      .replace(/!?\[([^\]]*)\]\([^)]*\)/gu, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replaceAll(' ', '-');
    const before = uses.get(slug) ?? 0;
    anchors.add(before === 0 ? slug : `${slug}-${before}`);
    uses.set(slug, before + 1);
  }
  return anchors;
}

/** Inline code is emptied within its paragraph; a lone backtick is text. */
function withoutInlineCode(text: string): string {
  return text.replace(INLINE_CODE, (code) => code.replace(/[^\n]/gu, ''));
}
