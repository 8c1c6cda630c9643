/**
 * Does what a page tells its reader to do, step by step, and compares what is printed with what the page says. Commands are run
 * by a shell in the folder that stands for the reader's clone, with the environment of someone who has just opened a terminal.
 *
 * Two things differ from what a reader types, to save the seconds that they take to start: `npx nx run project:target -- …` runs
 * the command that the target names in `package.json`, in its folder, but builds nothing first; `npx tool` runs
 * `node_modules/.bin/tool`. A target that does not exist fails the page.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { nxCommand } from './nx-command.ts';
import { readSteps } from './page-blocks.ts';
import type { PageStep, PrintedBlock } from './page-blocks.ts';

/** Where a page is followed. */
export interface ReaderPlace {
  /** The clone, and the folder that the reader is in: every block of commands starts here. */
  readonly clone: string;
  /** Folder around it, which the page calls `/home/you`. */
  readonly home: string;
  /** Variables that the reader has set beside those of a terminal. */
  readonly variables?: Readonly<Record<string, string>>;
}

/**
 * @param file The page.
 * @throws Error at the first step that does not do what the page says, with its line.
 */
export async function followPage(file: string, place: ReaderPlace): Promise<void> {
  for (const step of readSteps(readFileSync(file, 'utf8'))) {
    try {
      await follow(step, place);
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      throw new Error(`${basename(file)}, line ${step.line}: ${why}`, { cause: thrown });
    }
  }
}

async function follow(step: PageStep, place: ReaderPlace): Promise<void> {
  if (step.kind === 'write') {
    const path = resolve(place.clone, step.file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, step.text);
  } else if (step.kind === 'show') {
    const text = readFileSync(resolve(place.clone, step.file), 'utf8');
    if (!text.includes(step.text)) {
      throw new Error(`${step.file} does not hold these lines, but\n${text}`);
    }
  } else {
    const { code, output } = await run(step.text, place);
    if ((code !== 0) !== step.fails) {
      throw new Error(`ended with ${code}${step.fails ? ', and should fail' : ''}:\n${output}`);
    }
    const difference = step.prints && firstDifference(step.prints, output, place.home);
    if (difference !== undefined) throw new Error(difference);
  }
}

/** Runs a block until a command fails. @returns What it printed, on either stream. */
async function run(
  commands: string,
  { clone, home, variables }: ReaderPlace,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const script = commands
    .split('\n')
    .map((line) => withoutNpx(line, clone))
    .join('\n');
  const child = spawn('sh', ['-e', '-c', `exec 2>&1\n${script}`], {
    cwd: clone,
    env: { PATH: process.env['PATH'], HOME: home, INIT_CWD: clone, LANG: 'C.UTF-8', ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, output };
}

function withoutNpx(line: string, clone: string): string {
  const [, project, target, words = ''] =
    /^npx nx run ([\w-]+):([\w-]+)(?: --(.*))?$/.exec(line) ?? [];
  if (project !== undefined && target !== undefined) {
    return nxCommand(clone, project, target, words);
  }
  if (line.startsWith('npx nx')) throw new Error(`only "npx nx run" is understood: ${line}`);
  return line.replace(/^npx (\S+)/, join(clone, 'node_modules/.bin/$1'));
}

/**
 * Where the output is not what the page says, in words. Figures are not compared unless the page wants it, nor the width of gaps and
 * rules; a line `…` of the page stands for any number of lines, `(…)` in a line for anything in brackets.
 */
export function firstDifference(
  page: Pick<PrintedBlock, 'text' | 'exact'>,
  output: string,
  home: string,
): string | undefined {
  const masked = (line: string): string => withoutFigures(line, page.exact);
  const expected = page.text.trimEnd().split('\n');
  const shown = output.replaceAll(home, '/home/you');
  const printed = shown.trimEnd().split('\n');
  let next = 0;
  let maySkip = false;
  for (const line of expected) {
    if (line.trim() === '…') {
      maySkip = true;
      continue;
    }
    const wanted = masked(line);
    const fits = (text: string) => isLike(masked(text), wanted);
    const found = maySkip
      ? printed.findIndex((text, index) => index >= next && fits(text))
      : next < printed.length && fits(printed[next]!)
        ? next
        : -1;
    if (found < 0) return `the page says\n  ${line}\nwhere this was printed:\n${shown}`;
    next = found + 1;
    maySkip = false;
  }
  if (!maySkip && next < printed.length) {
    return `the page does not say\n  ${printed[next]!}\nwhich was printed:\n${shown}`;
  }
  return undefined;
}

/** Whether a line is the wanted one, which may leave out what stands in brackets as `(…)`. */
function isLike(line: string, wanted: string): boolean {
  const [start = '', end] = wanted.split('(…)');
  if (end === undefined) return line === wanted;
  const inside = line.slice(start.length, line.length - end.length);
  return line.startsWith(start) && line.endsWith(end) && /^\(.+\)$/.test(inside);
}

/** A line without what differs from machine to machine and from day to day; with `exact`, from moment to moment. */
function withoutFigures(line: string, exact: boolean): string {
  const timeless = line
    .replace(/\b[0-9a-f]{12}\b/g, '#')
    // Jest says how long a file took where it took long.
    .replace(/^(PASS|FAIL) (\S+) \([\d.]+ s\)$/, '$1 $2')
    .replace(/[\d.]+ (?:µs|ms|s)\b/g, '# s')
    .replace(/-{3,}/g, '---')
    .replace(/\s+/g, ' ')
    .trim();
  return exact ? timeless : timeless.replace(/[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?/g, '#');
}
