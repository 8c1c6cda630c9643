/**
 * Reads a run's config: defaults, a YAML file over them, `--set` over that. Every complaint names the file, the line and
 * the column (or the flag) where the wrong value stands.
 */
import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import { LociError, messageOf } from '../errors/loci-error.ts';
import { readVersion } from '../files/format-version.ts';
import { formatPath } from './config-origin.ts';
import type { ConfigOrigin } from './config-origin.ts';
import { DEFAULT_RUN } from './defaults.ts';
import { describeIssues } from './describe-issues.ts';
import { createOrigin } from './locate.ts';
import type { ConfigFile } from './locate.ts';
import { isBranch, mergeLayers } from './layers.ts';
import type { SharedOptions } from './layers.ts';
import { currentForm, currentOverride } from './older-forms.ts';
import { applyOverride, parseOverride } from './overrides.ts';
import { runConfigSchema } from './run-config.ts';
import type { RunConfig } from './run-config.ts';

/** The layers that a config is read from. */
export interface ReadConfigOptions {
  /** Path of a YAML file. */
  readonly file?: string;
  /** `--set` flags, later ones win. */
  readonly set?: readonly string[];
  /** What is not said; the built-in run when absent. */
  readonly defaults?: RunConfig;
  /** What stays of a part that a later layer gives to another plugin; nothing when absent. */
  readonly shared?: SharedOptions;
}

/** A config that was checked, and which layer each value came from. */
export interface LoadedConfig {
  readonly config: RunConfig;
  readonly origin: ConfigOrigin;
}

/**
 * @throws LociError `config-unreadable`, `config-syntax`, `config-override`, `format-newer`, or `config-invalid`, whose message
 * lists every problem, one a line.
 * @example
 * const { config, origin } = readConfig({ file: 'rooms.yaml', set: ['steps=20'] });
 */
export function readConfig(options: ReadConfigOptions = {}): LoadedConfig {
  const file = options.file === undefined ? undefined : readYaml(options.file);
  const overrides = (options.set ?? []).map(parseOverride);
  const { defaults = DEFAULT_RUN, shared } = options;
  const said = currentForm(file && contentOf(file));
  const set = overrides.map(currentOverride);
  const tree = set.reduce<unknown>(
    (config, { override }) => applyOverride(config, override, shared),
    mergeLayers(defaults, said.layer, shared),
  );
  const origin = createOrigin(file, overrides);
  const lines = [said, ...set]
    .flatMap(({ complaints }) => complaints)
    .map(({ path, problem }) => `${origin.describe(path)}: ${formatPath(path)}: ${problem}`);
  const parsed = runConfigSchema.safeParse(tree);
  if (!parsed.success) {
    lines.push(describeIssues(parsed.error.issues, [], origin, runConfigSchema));
  }
  if (!parsed.success || lines.length > 0) throw new LociError('config-invalid', lines.join('\n'));
  return { config: parsed.data, origin };
}

/** What a file says, without the version of its format; undefined for an empty one. */
function contentOf({ path, document }: ConfigFile): unknown {
  const content = document.toJS() as unknown;
  if (!isBranch(content)) return content ?? undefined;
  const { version, ...settings } = content;
  readVersion(version, 'config.yaml', path);
  return settings;
}

function readYaml(path: string): ConfigFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new LociError(
      'config-unreadable',
      `Cannot read the config ${path}: ${messageOf(thrown)}`,
      {
        cause: thrown,
      },
    );
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problem = document.errors[0];
  if (problem !== undefined) {
    const { line, col } = lines.linePos(problem.pos[0]);
    throw new LociError(
      'config-syntax',
      `${path}, line ${line}, column ${col}: ${problem.message}`,
      {
        cause: problem,
      },
    );
  }
  const content = document.toJS() as unknown;
  if (
    content !== null &&
    content !== undefined &&
    (typeof content !== 'object' || Array.isArray(content))
  ) {
    throw new LociError(
      'config-syntax',
      `${path}, line 1, column 1: a config is a mapping of keys to values`,
    );
  }
  return { path, document, lines };
}
