/** Reads the code blocks of a Markdown page as steps that a program can follow. */

/** What stands in a block, and on which line of the page. */
export interface Block {
  readonly line: number;
  readonly text: string;
}

/** What commands must print. */
export interface PrintedBlock extends Block {
  /** Figures count too, all but those of time. */
  readonly exact: boolean;
}

/** One thing to do. */
export type PageStep =
  /** Commands for a shell; what they must print when the page says it, and whether the last one must fail. */
  | (Block & { readonly kind: 'run'; readonly prints?: PrintedBlock; readonly fails: boolean })
  /** A file that the reader writes. */
  | (Block & { readonly kind: 'write'; readonly file: string })
  /** A file that is there and holds the block's lines. */
  | (Block & { readonly kind: 'show'; readonly file: string });

const FENCE = /^(\s*)(`{3,}|~{3,})(.*)$/;

/**
 * The steps of a page. A block that begins with
 *
 * - `sh` holds commands, `sh fails` commands that must end with an error;
 * - `text` after one of these is all that they print, figures aside, `…` on a line of its own standing for lines left out; with
 *   `text exact` the figures count too, all but durations;
 * - any language and `file=NAME` is a file to write, with `shows=NAME` an excerpt of a file that is there.
 *
 * @throws Error for any other block, with its line: nothing on a page goes unchecked.
 */
export function readSteps(page: string): readonly PageStep[] {
  const steps: PageStep[] = [];
  for (const { line, info, text, indent, fence } of readBlocks(page)) {
    if (indent !== '' || fence !== '```') {
      throw new Error(`line ${line}: a fence is three backticks at the start of the line`);
    }
    const [language = '', ...words] = info.split(/\s+/);
    const [word = '', ...more] = words;
    const [key, file] = word.split('=');
    const block = { line, text };
    const last = steps.at(-1);
    if (more.length > 0) throw new Error(`line ${line}: too many words: ${info}`);
    if (language === 'sh' && (word === '' || word === 'fails')) {
      steps.push({ ...block, kind: 'run', fails: word === 'fails' });
    } else if (
      language === 'text' &&
      ['', 'exact'].includes(word) &&
      last?.kind === 'run' &&
      !last.prints
    ) {
      steps[steps.length - 1] = { ...last, prints: { ...block, exact: word === 'exact' } };
    } else if (key === 'file' && file) {
      steps.push({ ...block, kind: 'write', file });
    } else if (key === 'shows' && file) {
      steps.push({ ...block, kind: 'show', file });
    } else {
      throw new Error(`line ${line}: a block that nothing checks: ${info || 'no language'}`);
    }
  }
  return steps;
}

/** A block as a page has it. */
export interface FencedBlock extends Block {
  /** What stands after the opening fence. */
  readonly info: string;
  /** Spaces before the fence; the text is without them. */
  readonly indent: string;
  /** The fence itself, three backticks as a rule. */
  readonly fence: string;
}

/** Every fenced block of a page, in order. @throws Error for a block that does not end. */
export function readBlocks(page: string): readonly FencedBlock[] {
  const blocks: FencedBlock[] = [];
  let open: (Omit<FencedBlock, 'text'> & { readonly lines: string[] }) | undefined;
  for (const [index, text] of page.split('\n').entries()) {
    const [, indent = '', fence, info = ''] = FENCE.exec(text) ?? [];
    if (open === undefined) {
      if (fence === undefined) continue;
      open = { line: index + 1, info: info.trim(), indent, fence, lines: [] };
    } else if (fence === open.fence && info.trim() === '') {
      const { lines, ...block } = open;
      blocks.push({ ...block, text: `${lines.join('\n')}\n` });
      open = undefined;
    } else {
      open.lines.push(text.startsWith(open.indent) ? text.slice(open.indent.length) : text);
    }
  }
  if (open !== undefined) throw new Error(`line ${open.line}: a block that does not end`);
  return blocks;
}
