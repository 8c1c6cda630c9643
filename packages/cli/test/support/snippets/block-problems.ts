/** What is wrong with the blocks of a page that are data: YAML, JSON and lines of JSON, by the forms that they can have. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { PluginKind } from '@loci/core';
import { boxesJsonSchema, recordFaults } from '@loci/datasets';
import { recipeSchema } from '../../../src/pretrain/recipe-schema.ts';
import type { PageConfigs } from './page-configs.ts';
import type { PageBlock } from './read-pages.ts';
import { fileOf } from './read-pages.ts';

/**
 * Problems of a YAML block, which is a config, a part of one, or an experiment. Marks say what it cannot:
 *
 * - `lines`: every line is a config of its own;
 * - `options=KIND/NAME`: the key `options` of this plugin;
 * - `partial`: text that nothing can check.
 */
export function yamlProblems(block: PageBlock, configs: PageConfigs): readonly string[] {
  const [mark = ''] = block.marks;
  const [, kind, name] = /^options=([a-z]+)\/([\w-]+)$/u.exec(mark) ?? [];
  if (mark === 'partial') return [];
  if (mark === 'lines') return block.text.trimEnd().split('\n').flatMap(configs.problemsOf);
  if (kind !== undefined && name !== undefined) {
    return configs.optionProblems(block.text, kind as PluginKind, name);
  }
  if (mark !== '' && fileOf(block) === undefined) return [`unknown mark: ${mark}`];
  if (/^\s*- /u.test(block.text)) return configs.problemsOf(`rewards:\n${indented(block.text)}`);
  const isExperiment = /^arms:/mu.test(block.text);
  return isExperiment ? configs.experimentProblems(block.text) : configs.problemsOf(block.text);
}

/** Problems of a JSON block: scenes, a recipe of `pretrain`, a config of the compiler, or a config. `partial` leaves the form open. */
export function jsonProblems(block: PageBlock, configs: PageConfigs): readonly string[] {
  let value: unknown;
  try {
    value = JSON.parse(block.text);
  } catch (thrown) {
    return [String(thrown)];
  }
  if (block.marks.includes('partial') || /tsconfig.*\.json$/u.test(fileOf(block) ?? '')) return [];
  if (typeof value === 'object' && value !== null && 'scenes' in value) return sceneProblems(value);
  const recipe = recipeSchema.safeParse(value);
  if (recipe.success) return [];
  const known = Object.keys(recipeSchema.shape);
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  if (keys.some((key) => key !== 'seed' && known.includes(key))) {
    return recipe.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  }
  return configs.problemsOf(block.text);
}

/** Problems of lines of JSON, each a record of a dataset. */
export function recordProblems({ text }: PageBlock): readonly string[] {
  return text
    .trimEnd()
    .split('\n')
    .flatMap((line, index) =>
      recordFaults(JSON.parse(line)).map(
        ({ key, reason }) => `record ${index + 1}: ${key} ${reason}`,
      ),
    );
}

function sceneProblems(value: unknown): readonly string[] {
  const check = new Ajv2020({ strict: false }).compile(boxesJsonSchema());
  if (check(value)) return [];
  return (check.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`);
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gmu, '  ');
}
