/** What a command on a page names: the command itself, the words and options after it, and what is wrong with them. */
import type { CommandForm, KnownCommands, OptionForm } from './known-commands.ts';

/** A command of ours as it is typed. */
export interface TypedCommand {
  /** `cli:train`, `loci train`: what complaints call it. */
  readonly name: string;
  /** What follows the command. */
  readonly words: readonly string[];
  /** What it takes; undefined where its options are not ours, or where there is no such command. */
  readonly form?: CommandForm;
  /** The command as the program of `loci` names it: `['config', 'print']`; undefined for other programs. */
  readonly path?: readonly string[];
  /** Why there is no such command. */
  readonly problem?: string;
}

/** An option with its values, in the order typed. */
export interface GivenOption {
  readonly name: string;
  readonly values: readonly string[];
}

/** Options and words after a command, and what is wrong with them. */
export interface ReadWords {
  readonly options: readonly GivenOption[];
  readonly problems: readonly string[];
}

/** Before the command: variables, and programs that run another one. */
const BEFORE = /^(?:\w+=.*|npx|pnpm|exec|node)$/u;

/**
 * The command of ours in a list of words; undefined where they name none.
 *
 * @param isSpan Whether the words stand in the text of a page, where `cli:train --steps 2` and `train --steps 2` are commands too.
 */
export function commandIn(
  words: readonly string[],
  known: KnownCommands,
  isSpan = false,
): TypedCommand | undefined {
  const nx = words.findIndex(
    (word, at) => word === 'nx' && /^run(?:-many)?$/u.test(words[at + 1] ?? ''),
  );
  const [target] = words.slice(nx + 2);
  if (nx >= 0 && (target === undefined || isPlaceholder(target))) return undefined;
  if (nx >= 0 && words[nx + 1] === 'run') return ofTarget(words.slice(nx + 2), known, false);
  if (nx >= 0) return ofMany(words.slice(nx + 2), known);
  const first = words.findIndex((word) => !BEFORE.test(word));
  const [head = '', ...rest] = words.slice(Math.max(0, first));
  if (head === 'loci' && rest.length > 0) return ofLoci(rest, known);
  if (words[first - 1] === 'node' && /^(?:packages\/[\w-]+|tools)\/dist\//u.test(head)) {
    const form = known.programs(head);
    if (form === known.loci) return ofLoci(rest, known);
    return { name: head, words: rest, ...(form && { form }) };
  }
  if (head === 'npm') return ofNpm(rest, known);
  if (!isSpan) return undefined;
  const [project = ''] = head.split(':');
  const isProject = [...known.targets.keys()].some((target) => target.startsWith(`${project}:`));
  if (isProject && /^[a-z]+:[a-z-]+$/u.test(head)) return ofTarget([head, ...rest], known, true);
  if (known.loci.below.has(head) && rest[0]?.startsWith('--'))
    return ofLoci([head, ...rest], known);
  return undefined;
}

function ofTarget(
  [target = '', ...rest]: readonly string[],
  known: KnownCommands,
  isShort: boolean,
): TypedCommand {
  const words = rest[0] === '--' ? rest.slice(1) : rest;
  const missing = { name: target, words };
  if (!known.targets.has(target)) return { ...missing, problem: `there is no target ${target}` };
  if (!isShort && rest.length > 0 && rest[0] !== '--') {
    return { ...missing, problem: `what ${target} is given comes after --` };
  }
  const form = known.targets.get(target);
  const [project, name = ''] = target.split(':');
  if (project === 'cli' && known.loci.below.has(name)) {
    return ofLoci([name, ...words], known);
  }
  return { ...missing, ...(form && { form }) };
}

function ofMany(words: readonly string[], known: KnownCommands): TypedCommand {
  const target = words[words.indexOf('-t') + 1] ?? '';
  const has = [...known.targets.keys()].some((name) => name.endsWith(`:${target}`));
  const problem = `no project has a target ${target}`;
  return { name: 'nx run-many', words: [], ...(!has && { problem }) };
}

function ofLoci(words: readonly string[], known: KnownCommands): TypedCommand {
  let form = known.loci;
  let depth = 0;
  for (; form.below.has(words[depth] ?? ''); depth++) form = form.below.get(words[depth]!)!;
  const path = words.slice(0, depth);
  const name = ['loci', ...path].join(' ');
  const rest = { name, words: words.slice(depth), path };
  const next = words[depth];
  if (form.below.size > 0 && next !== undefined && !next.startsWith('-')) {
    return { ...rest, problem: `${name} has no command ${next}` };
  }
  return { ...rest, form };
}

function ofNpm(
  [verb, script = '']: readonly string[],
  known: KnownCommands,
): TypedCommand | undefined {
  if (verb !== 'run') return undefined;
  const problem = `package.json has no script ${script}`;
  const name = `npm run ${script}`;
  return { name, words: [], ...(!known.scripts.has(script) && { problem }) };
}

/** A value that a reader replaces: `FILE`, `N`, `<dir>`, `…`, `verl|ms-swift`. */
export function isPlaceholder(value: string): boolean {
  return /^[A-Z][A-Z0-9_/:]*(?:\.\w+)?$|…|^<.*>$|\.\.\.|\w\|\w/u.test(value);
}

/** Reads the words after a command by what it takes. */
export function readWords({ name, words, form }: TypedCommand): ReadWords {
  if (form === undefined) return { options: [], problems: [] };
  const options: GivenOption[] = [];
  const problems: string[] = [];
  let plain = 0;
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (!/^--?[a-zA-Z]/u.test(word)) {
      plain++;
      continue;
    }
    const [flag = '', joined] = word.split(/=(.*)/su);
    if (['--help', '-h', '-V', '--version'].includes(flag)) continue;
    const option = form.options.get(flag);
    if (option === undefined) {
      problems.push(`${name} has no option ${flag}`);
      continue;
    }
    const values = joined === undefined ? valuesAfter(words, at, option) : [joined];
    if (joined === undefined) at += values.length;
    options.push({ name: flag, values });
    problems.push(...valueProblems(`${name} ${flag}`, option, values));
  }
  if (form.words !== undefined && plain > form.words) {
    problems.push(`${name} takes ${form.words} words, and is given ${plain}`);
  }
  return { options, problems };
}

function valuesAfter(
  words: readonly string[],
  at: number,
  { value }: OptionForm,
): readonly string[] {
  const after = words.slice(at + 1);
  if (value === 'none') return [];
  const end = after.findIndex((word) => word.startsWith('--'));
  const upTo = end < 0 ? after : after.slice(0, end);
  return value === 'one' ? upTo.slice(0, 1) : upTo;
}

function valueProblems(
  what: string,
  { value, check }: OptionForm,
  values: readonly string[],
): readonly string[] {
  if (value === 'none' || check === undefined) return [];
  return values.flatMap((one) => {
    if (isPlaceholder(one)) return [];
    try {
      check(one);
      return [];
    } catch (thrown) {
      return [`${what} ${one}: ${thrown instanceof Error ? thrown.message : String(thrown)}`];
    }
  });
}
