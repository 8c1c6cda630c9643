/** Makes the JSON schemas that come with this package: of configs, experiments, and the recipes of `pretrain` and `generate`. */
import { join } from 'node:path';
import { configJsonSchema, fileJsonSchema } from '@loci/core';
import type { SchemaNode } from '@loci/core';
import { sceneRecipeSchema } from '@loci/datasets';
import { SCHEMA_FOLDER } from '../assets.ts';
import { bundledPlugins } from '../compose.ts';
import { experimentSchema } from '../experiment/experiment-schema.ts';
import { recipeSchema } from '../pretrain/recipe-schema.ts';

/** A schema file and its right text. */
export interface SchemaFile {
  readonly path: string;
  readonly text: string;
}

const COMMENT =
  'Generated from the zod objects by "npx nx run cli:schemas"; a test compares. Not to be edited.';

/** Every schema file that comes with the package. */
export function schemaFiles(): readonly SchemaFile[] {
  return [
    fileOf('run', configJsonSchema(bundledPlugins)),
    fileOf('experiment', fileJsonSchema('Loci experiment', experimentSchema)),
    fileOf('pretrain-recipe', fileJsonSchema('Loci pretraining recipe', recipeSchema)),
    fileOf('scene-recipe', fileJsonSchema('Loci recipe of scenes', sceneRecipeSchema)),
  ];
}

/** The schema of config files, with the options of the bundled plugins. */
export function configSchemaText(): string {
  return textOf(configJsonSchema(bundledPlugins));
}

function fileOf(name: string, schema: SchemaNode): SchemaFile {
  return { path: join(SCHEMA_FOLDER, `${name}.schema.json`), text: textOf(schema) };
}

function textOf(schema: SchemaNode): string {
  return `${JSON.stringify({ $comment: COMMENT, ...schema }, undefined, 1)}\n`;
}
