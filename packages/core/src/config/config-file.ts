/** Reads one YAML file of a config, and finds the places of its values. `extends.ts` reads the files that it extends. */
import { readFileSync } from 'node:fs';
import { LineCounter, isAlias, isMap, isNode, isPair, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document, Node, Pair } from 'yaml';
import { LociError, messageOf } from '../errors/loci-error.ts';
import { isBranch } from './layers.ts';

/** A parsed YAML file with its line starts. */
export interface ConfigFile {
  readonly path: string;
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
  /** Its content, with aliases and merge keys resolved and references to the environment unresolved. Empty for an empty file. */
  readonly content: Readonly<Record<string, unknown>>;
}

/** A place in a file, both counted from 1. */
export interface LinePlace {
  readonly line: number;
  readonly column: number;
}

/**
 * Reads a file. JSON is YAML too.
 *
 * @throws LociError `config-unreadable`, `config-syntax` with line and column.
 */
export function readConfigFile(path: string): ConfigFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new LociError(
      'config-unreadable',
      `Cannot read the config ${path}: ${messageOf(thrown)}`,
      { cause: thrown },
    );
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    const written = text.split('\n')[line - 1] ?? '';
    const hint = /[{[].*\$\{/u.test(written) ? '; inside { } and [ ] a ${NAME} needs quotes' : '';
    throw syntaxError(path, `line ${line}, column ${col}: ${problem.message}${hint}`, problem);
  }
  let content: unknown;
  try {
    content = document.toJS();
  } catch (thrown) {
    throw syntaxError(path, messageOf(thrown), thrown);
  }
  if (content !== null && content !== undefined && !isBranch(content)) {
    throw syntaxError(path, 'line 1, column 1: a config is a mapping of keys to values');
  }
  return { path, document, lines, content: content ?? {} };
}

function syntaxError(path: string, problem: string, cause?: unknown): LociError {
  return new LociError('config-syntax', `${path}, ${problem}`, { cause });
}

/** Line and column of the key at `path`, or of its nearest ancestor in the file; the start of the file when it has none. */
export function placeIn({ document, lines }: ConfigFile, path: readonly PropertyKey[]): LinePlace {
  for (let length = path.length; length > 0; length--) {
    const [key, value] = entryAt(document, path.slice(0, length));
    const offset = (key ?? value)?.range?.[0];
    if (offset === undefined) continue;
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  }
  return { line: 1, column: 1 };
}

/** Whether the value at a key path is written without quotes. */
export function isPlainIn(document: Document.Parsed, path: readonly PropertyKey[]): boolean {
  const [, value] = entryAt(document, path);
  return isScalar(value) && value.type === 'PLAIN';
}

type Entry = readonly [key: Node | undefined, value: Node | undefined];

/** The nodes of the key and of the value at a path; those of an alias are where its anchor is. */
function entryAt(document: Document.Parsed, path: readonly PropertyKey[]): Entry {
  let entry: Entry = [undefined, resolved(document, document.contents)];
  for (const key of path) {
    const [, parent] = entry;
    if (isMap(parent)) {
      entry = memberOf(document, parent.items, String(key));
    } else if (isSeq(parent)) {
      const item = parent.items[Number(key)];
      // The place of an alias in a list is its own; the places of values below it are at its anchor.
      entry = [isAlias(item) ? item : undefined, resolved(document, item)];
    } else {
      return [undefined, undefined];
    }
  }
  return entry;
}

/** An entry of a map, or else of the maps that it merges; the first one counts, as in YAML. */
function memberOf(document: Document.Parsed, items: readonly Pair[], key: string): Entry {
  const own = items.find((item) => isPair(item) && keyOf(item) === key);
  if (own !== undefined) {
    return [isNode(own.key) ? own.key : undefined, resolved(document, own.value)];
  }
  for (const item of items) {
    if (keyOf(item) !== '<<') continue;
    const merged = resolved(document, item.value);
    const sources = isSeq(merged) ? merged.items.map((one) => resolved(document, one)) : [merged];
    for (const source of sources) {
      if (!isMap(source)) continue;
      const entry = memberOf(document, source.items, key);
      if (entry[1] !== undefined) return entry;
    }
  }
  return [undefined, undefined];
}

/** The merge key is a symbol to the parser. */
function keyOf({ key }: Pair): string {
  if (!isScalar(key)) return '';
  return key.source ?? String(key.value);
}

function resolved(document: Document.Parsed, node: unknown): Node | undefined {
  if (isAlias(node)) return node.resolve(document);
  return isNode(node) ? node : undefined;
}
