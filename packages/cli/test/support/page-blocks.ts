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
  for (const { line, info, text } of readBlocks(page)) {
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

function readBlocks(page: string): readonly (Block & { readonly info: string })[] {
  const blocks: (Block & { readonly info: string })[] = [];
  let open: { readonly line: number; readonly info: string; readonly lines: string[] } | undefined;
  for (const [index, text] of page.split('\n').entries()) {
    const [, indent, fence, info = ''] = FENCE.exec(text) ?? [];
    if (fence === undefined) {
      open?.lines.push(text);
    } else if (indent !== '' || fence !== '```') {
      throw new Error(`line ${index + 1}: a fence is three backticks at the start of the line`);
    } else if (open === undefined) {
      open = { line: index + 1, info: info.trim(), lines: [] };
    } else {
      blocks.push({ line: open.line, info: open.info, text: `${open.lines.join('\n')}\n` });
      open = undefined;
    }
  }
  if (open !== undefined) throw new Error(`line ${open.line}: a block that does not end`);
  return blocks;
}
