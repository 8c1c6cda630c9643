/** Splits shell text into commands and their words, as far as pages need it: quotes, comments, pipes, redirections. */

/** One command of a script. */
export interface ShellCommand {
  /** Line of its first word, from 0. */
  readonly line: number;
  readonly words: readonly string[];
}

/** What ends a command. */
const ENDS = new Set(['\n', ';', '|', '&']);

/**
 * The commands of a script, in order. Variables and substitutions stay as they are written.
 *
 * @throws Error for a quote that is left open.
 * @example shellCommands("ls a | wc # how many") // [{ line: 0, words: ['ls', 'a'] }, { line: 0, words: ['wc'] }]
 */
export function shellCommands(text: string): readonly ShellCommand[] {
  const commands: ShellCommand[] = [];
  let words: string[] = [];
  let word: string | undefined;
  let line = 0;
  let start = 0;
  const endWord = (): void => {
    if (word === undefined) return;
    if (words.length === 0) start = line;
    words.push(word);
    word = undefined;
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '\\' && text[at + 1] === '\n') {
      at++;
      line++;
    } else if (character === '\\' && at + 1 < text.length) {
      word = (word ?? '') + text[++at]!;
    } else if (character === "'" || character === '"') {
      const { inside, end } = quoted(text, at);
      word = (word ?? '') + inside;
      // A word belongs to the line that it begins on.
      if (words.length === 0) start = line;
      line += inside.split('\n').length - 1;
      at = end;
    } else if (character === '#' && word === undefined) {
      while (at + 1 < text.length && text[at + 1] !== '\n') at++;
    } else if (ENDS.has(character)) {
      endWord();
      if (words.length > 0) commands.push({ line: start, words: withoutRedirections(words) });
      words = [];
      if (character === '\n') line++;
    } else if (/\s/u.test(character)) {
      endWord();
    } else {
      word = (word ?? '') + character;
    }
  }
  endWord();
  if (words.length > 0) commands.push({ line: start, words: withoutRedirections(words) });
  return commands;
}

function quoted(text: string, start: number): { readonly inside: string; readonly end: number } {
  const quote = text[start]!;
  let inside = '';
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === quote) return { inside, end: at };
    if (quote === '"' && text[at] === '\\' && '"\\$`'.includes(text[at + 1] ?? '-')) at++;
    inside += text[at]!;
  }
  throw new Error(`a quote that does not end: ${text.slice(start, start + 40)}`);
}

function withoutRedirections(words: readonly string[]): readonly string[] {
  const at = words.findIndex((word) => /^\d?>{1,2}$/u.test(word));
  return at < 0 ? words : [...words.slice(0, at), ...words.slice(at + 2)];
}
