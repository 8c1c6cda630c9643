/** The Markdown pages of the repository, each as fenced blocks and code spans. What they mean is for the checks beside this file. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readBlocks } from '../page-blocks.ts';
import type { Block } from '../page-blocks.ts';

/** A fenced block: its language, and the words after it. */
export interface PageBlock extends Block {
  /** `sh`, `yaml`, `ts`, …; empty where the fence names none. */
  readonly language: string;
  /** What follows the language: `partial`, `file=small.yaml`. */
  readonly marks: readonly string[];
}

/** A page, taken apart. */
export interface Page {
  /** Path from the root of the repository, with slashes. */
  readonly file: string;
  readonly blocks: readonly PageBlock[];
  /** Text between backticks, outside of blocks, with spaces for line breaks. */
  readonly spans: readonly Block[];
}

/** Folders of the repository that hold pages, beside its root. */
const FOLDERS = ['docs', 'packages', 'tools'];
/** What a build or an installation puts there. */
const MADE = new Set(['node_modules', 'dist', 'docs/reference']);

/** Every page of the repository, sorted by path. */
export function readPages(root: string): readonly Page[] {
  const ownFiles = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.md$|^llms\.txt$/u.test(entry.name))
    .map(({ name }) => name);
  return [...ownFiles, ...FOLDERS.flatMap((folder) => pagesIn(root, folder))]
    .sort()
    .map((file) => readPage(file, readFileSync(join(root, file), 'utf8')));
}

/** Takes one page apart. @throws Error with the page for a block that does not end. */
export function readPage(file: string, text: string): Page {
  try {
    const blocks = readBlocks(text).map(({ line, info, text: inside }) => {
      const [language = '', ...marks] = info.split(/\s+/u);
      return { line, text: inside, language, marks };
    });
    return { file, blocks, spans: readSpans(text) };
  } catch (thrown) {
    throw new Error(`${file}: ${thrown instanceof Error ? thrown.message : String(thrown)}`, {
      cause: thrown,
    });
  }
}

/** The file that a block is to be written to, or that it shows; undefined for a block that is no file. */
export function fileOf({ marks }: PageBlock): string | undefined {
  return marks.map((mark) => /^(?:file|shows)=(.+)$/u.exec(mark)?.[1]).find(Boolean);
}

function pagesIn(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (MADE.has(entry.name) || MADE.has(path)) return [];
    if (entry.isDirectory()) return pagesIn(root, path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** Code spans, which end within their paragraph; `\|` in a table is a bar. */
function readSpans(text: string): readonly Block[] {
  const prose = text.replace(/^ *```[^]*?^ *```$/gmu, (block) => block.replace(/[^\n]/gu, ''));
  const spans: Block[] = [];
  for (const match of prose.matchAll(
    /(?<!`)(`+)(?!`)((?:[^`\n]|\n(?!\s*\n)|(?!\1)`)+?)\1(?!`)/gu,
  )) {
    const line = prose.slice(0, match.index).split('\n').length;
    const inside = match[2]!.replace(/\s+/gu, ' ').replaceAll('\\|', '|').trim();
    spans.push({ line, text: inside });
  }
  return spans;
}
