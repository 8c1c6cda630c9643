/**
 * Checks configs as pages show them, whole or in part: by the zod object of runs, and by those of the bundled plugins that they name.
 * What only a reader has (files, packages, repositories of the hub) is taken as given.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import {
  PART_KEYS,
  PluginRegistry,
  applyOverride,
  changePlugins,
  parseOptions,
  parseOverride,
  readConfig,
  readConfigFile,
} from '@loci/core';
import type { PluginKind, PluginPlace, RunConfig } from '@loci/core';
import { sceneRecipeSchema } from '@loci/datasets';
import { z } from 'zod';
import { bundledPlugins } from '../../../src/compose.ts';
import { DEFAULTS, sharedByPolicies } from '../../../src/defaults.ts';
import { readExperiment } from '../../../src/experiment/read-experiment.ts';
import { splitValues } from '../../../src/grid/axes.ts';

const REGISTRY = new PluginRegistry(bundledPlugins);

/** Where a config of a page is read: a folder that stands for the reader's clone, with the configs of this repository. */
export interface PageConfigs {
  /** Puts a file of a page where the page has it, from the clone. */
  write(file: string, text: string): void;
  /** What is wrong with a config, by its text. */
  problemsOf(text: string): readonly string[];
  /** What is wrong with the key `options` of a text, for a bundled plugin. */
  optionProblems(text: string, kind: PluginKind, name: string): readonly string[];
  /** What is wrong with a file of an experiment. */
  experimentProblems(text: string): readonly string[];
  /**
   * What is wrong with `--config` and `--set` together, over the defaults or else over one of the configs that the page shows. Files that
   * are not there are left out.
   */
  settingProblems(
    files: readonly string[],
    set: readonly string[],
    shown?: readonly string[],
  ): readonly string[];
  /** What is wrong with `--set` of a command that makes a dataset of annotated scenes. */
  recipeProblems(set: readonly string[]): readonly string[];
  /** Removes the folder. */
  close(): void;
}

/** Opens the folder. */
export function openPageConfigs(root: string): PageConfigs {
  const home = mkdtempSync(join(tmpdir(), 'loci-pages-'));
  const clone = join(home, 'you', 'loci');
  cpSync(join(root, 'configs'), join(clone, 'configs'), { recursive: true });
  const write = (file: string, text: string): void => {
    const path = resolve(clone, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  const snippet = join(clone, 'configs', 'of-a-page.yaml');
  return {
    write,
    problemsOf: (text) =>
      problemsIn(() => {
        writeFileSync(snippet, text);
        writeBases(snippet, clone);
        checkRun([snippet], []);
      }),
    optionProblems: (text, kind, name) =>
      problemsIn(() => {
        writeFileSync(snippet, text);
        const { content } = readConfigFile(snippet);
        if (content['options'] === undefined) throw new Error('there is no key options');
        parseOptions(REGISTRY.get(kind, name), content['options'], ['options']);
      }),
    experimentProblems: (text) =>
      problemsIn(() => {
        writeFileSync(snippet, text);
        const { shared, arms, evaluations } = readExperiment(snippet);
        const parts = [...Object.values(arms), ...Object.values(evaluations)];
        for (const settings of [shared, ...parts.map((part) => part.settings)]) {
          writeFileSync(snippet, JSON.stringify(settings));
          checkRun([snippet], []);
        }
      }),
    settingProblems: (files, set, shown = []) => {
      const there = files.map((file) => resolve(clone, file)).filter((file) => existsSync(file));
      const problems = problemsIn(() => checkRun(there, set));
      // Over a config as a file, or as a run has stored it.
      const fits = shown.some((text) => {
        writeFileSync(snippet, text);
        return [
          () => checkRun([snippet, ...there], set),
          () => checkRun(there, set, checkRun([snippet], [])),
        ].some((check) => problemsIn(check).length === 0);
      });
      return fits ? [] : problems;
    },
    recipeProblems: (set) =>
      problemsIn(() => {
        const { error } = sceneRecipeSchema.safeParse(set.reduce<unknown>(withSetting, {}));
        if (error !== undefined) throw new Error(z.prettifyError(error));
      }),
    close: () => rmSync(home, { recursive: true }),
  };
}

/** Whether `--set part.option=…` sets an option of some bundled plugin of this part, which another config may name. */
export function isPluginOption(setting: string): boolean {
  const [part, option] = /^([a-z]+)\.(\w+)/iu.exec(setting)?.slice(1) ?? [];
  const kind = PART_KEYS.find((key) => key === part);
  if (kind === undefined || option === undefined) return false;
  return REGISTRY.list<PluginKind>(kind).some(
    ({ options }) => options instanceof z.ZodObject && option in options.shape,
  );
}

/** `--grid key=a,b` as the settings of its runs. */
export function settingsOfGrid(flag: string): readonly string[] {
  const [key, values = ''] = flag.split(/=(.*)/su);
  const path = key === 'learningRate' ? `optimizer.${key}` : key;
  return splitValues(values).map((value) => `${path}=${value}`);
}

/** @returns The config, with the plugins of the reader's own as they are named. */
function checkRun(
  files: readonly string[],
  set: readonly string[],
  defaults: RunConfig = DEFAULTS,
): RunConfig {
  const environment = new Proxy({}, { get: () => 'value' });
  const read = { defaults, shared: sharedByPolicies, environment };
  const { config, origin } = readConfig({ ...read, file: files, set });
  return changePlugins(config, (place) => {
    if (isOutside(place.use)) return place;
    const plugin = REGISTRY.get<PluginKind>(place.kind, place.use);
    parseOptions(plugin, place.options, place.optionsPath, origin);
    return place;
  });
}

function withSetting(tree: unknown, setting: string): unknown {
  return applyOverride(tree, parseOverride(setting));
}

/** Whether a plugin is a file, a package or a repository, which only the reader has. */
function isOutside(use: PluginPlace['use']): boolean {
  return /[/\\:@]|\.[cm]?[jt]s$/u.test(use);
}

/**
 * Files for what a config extends: a page may have it in `configs` or in the clone itself, and what this repository does not have is the
 * reader's.
 */
function writeBases(file: string, clone: string): void {
  const bases = [readConfigFile(file).content['extends'] ?? []].flat().map(String);
  for (const base of bases) {
    const path = resolve(dirname(file), base);
    const isOurs = base.startsWith('configs/');
    if (existsSync(path) && !isOurs) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, isOurs ? `extends: ${JSON.stringify(join(clone, base))}\n` : '');
  }
}

function problemsIn(check: () => unknown): readonly string[] {
  try {
    check();
    return [];
  } catch (thrown) {
    return [thrown instanceof Error ? thrown.message : String(thrown)];
  }
}
