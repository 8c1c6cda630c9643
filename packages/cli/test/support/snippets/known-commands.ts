/**
 * Every command that a page may name, with its options: those of `loci` from the program itself, those of other targets of Nx from the
 * sources that declare them, as calls of commander or of `parseArgs`. A target that runs another tool has no options here.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import type { Actions } from '../../../src/flags.ts';
import { createProgram } from '../../../src/program.ts';

/** An option of a command. */
export interface OptionForm {
  /** Whether a value follows it. */
  readonly value: 'none' | 'one' | 'several';
  /** @throws Error for a value that it does not take. */
  readonly check?: (value: string) => void;
}

/** A command with its options, `--help` left out. */
export interface CommandForm {
  readonly options: ReadonlyMap<string, OptionForm>;
  /** Words that it takes at most; undefined where that is not known. */
  readonly words?: number;
  /** Commands below it, such as `print` of `config`. */
  readonly below: ReadonlyMap<string, CommandForm>;
}

/** What can be run in this repository. */
export interface KnownCommands {
  /** The program, with its commands below it. */
  readonly loci: CommandForm;
  /** `cli:train`, and what it runs; undefined where its options are not ours. */
  readonly targets: ReadonlyMap<string, CommandForm | undefined>;
  /** Scripts of `npm run`. */
  readonly scripts: ReadonlySet<string>;
  /** Programs that `node` runs: `packages/cli/dist/main.js`. */
  readonly programs: (file: string) => CommandForm | undefined;
}

/** The program with actions that do nothing. */
export function idleProgram(): Command {
  const idle = async (): Promise<void> => undefined;
  const actions = new Proxy({}, { get: () => idle }) as Actions;
  const none = (): string => '';
  const program = createProgram(actions, {
    configKeys: none,
    roomsKeys: none,
    sceneKeys: none,
    recipeKeys: none,
  });
  const quiet = (command: Command): void => {
    command
      .configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
      .exitOverride();
    for (const below of command.commands) quiet(below as Command);
  };
  quiet(program);
  return program;
}

/** Reads what can be run from the program and the manifests below a root. */
export function knownCommands(root: string): KnownCommands {
  const loci = formOf(idleProgram());
  const programs = (file: string): CommandForm | undefined =>
    file === 'packages/cli/dist/main.js' ? loci : formOfSource(root, file);
  const targets = new Map<string, CommandForm | undefined>();
  const folders = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`);
  for (const folder of ['tools', ...folders]) {
    const { name, nx } = readManifest(join(root, folder));
    for (const [target, settings] of Object.entries(nx?.targets ?? {})) {
      const command = settings?.options?.command ?? '';
      targets.set(`${name.replace('@loci/', '')}:${target}`, formOfTarget(command, programs));
    }
  }
  return { loci, targets, programs, scripts: new Set(Object.keys(readManifest(root).scripts)) };
}

function formOf(command: Command): CommandForm {
  const options = command.options.map((option): readonly [string, OptionForm] => {
    const { parseArg } = option;
    const before = option.defaultValue ?? [];
    const check = parseArg && ((value: string) => void parseArg(value, before as never));
    const value = option.isBoolean() ? 'none' : option.variadic ? 'several' : 'one';
    return [option.long!, { value, ...(check && { check }) }];
  });
  const { registeredArguments } = command;
  const isOpen = registeredArguments.some(({ variadic }) => variadic);
  return {
    options: new Map(options),
    ...(!isOpen && { words: registeredArguments.length }),
    below: new Map(command.commands.map((below) => [below.name(), formOf(below as Command)])),
  };
}

/** What `node FILE WORDS` takes, less the words that the target gives itself. */
function formOfTarget(
  command: string,
  programs: KnownCommands['programs'],
): CommandForm | undefined {
  const [, file, words = ''] = /^node (\S+\.js)(.*)$/u.exec(command) ?? [];
  if (file === undefined) return undefined;
  const [name] = words.trim().split(/\s+/u);
  const form = programs(file);
  return (name && form?.below.get(name)) || form;
}

/** Options that the source of a compiled program declares; undefined where it declares none. */
function formOfSource(root: string, file: string): CommandForm | undefined {
  const source = join(root, file.replace('/dist/', '/src/').replace(/\.js$/u, '.ts'));
  if (!existsSync(source)) return undefined;
  const text = readFileSync(source, 'utf8');
  const near = [...text.matchAll(/from '(\.[^']*flags\.ts)'/gu)].map(([, path]) =>
    readFileSync(resolve(dirname(source), path!), 'utf8'),
  );
  const options = new Map([text, ...near].flatMap((one) => [...declaredOptions(one)]));
  return options.size === 0 ? undefined : { options, below: new Map() };
}

/** Options as the text of a source declares them. */
export function declaredOptions(source: string): ReadonlyMap<string, OptionForm> {
  const flags = /(?:\.(?:requiredOption|option)|new Option)\(\s*'(--[\w-]+)( [<[][^']*)?'/gu;
  const entries = /'?([\w-]+)'?: \{\s*type: '(string|boolean)'/gu;
  return new Map([
    ...[...source.matchAll(flags)].map(([, name, value]) => optionOf(name!, value !== undefined)),
    ...[...source.matchAll(entries)].map(([, name, type]) =>
      optionOf(`--${name!}`, type === 'string'),
    ),
  ]);
}

function optionOf(name: string, takesValue: boolean): readonly [string, OptionForm] {
  return [name, { value: takesValue ? 'one' : 'none' }];
}

interface Manifest {
  readonly name: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly nx?: {
    readonly targets: Readonly<
      Record<string, { readonly options?: { readonly command?: string } } | undefined>
    >;
  };
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}
