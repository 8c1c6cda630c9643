/**
 * The JSON schema of config files, for editors. It is generated from the zod schemas of a run and of the plugins' options, so it cannot
 * differ from the reader. It describes a file, not a whole config: a file may leave out any key, extend another one, and refer to the
 * environment.
 */
import type { ZodType } from 'zod';
import type { AnyPlugin } from '../../spec/index.ts';
import { PART_KEYS } from '../../spec/kinds.ts';
import { DEFAULT_RUN } from '../defaults.ts';
import { OWN_KEY_PREFIX } from '../extends.ts';
import { runConfigSchema } from '../run-config.ts';
import { ENVIRONMENT, ENVIRONMENT_NAME, mapNodes, nodeOf } from './nodes.ts';
import { optional, orEnvironment, withDefaults } from './nodes.ts';
import type { SchemaNode } from './nodes.ts';
import { PluginNodes } from './plugin-nodes.ts';

const DRAFT = 'http://json-schema.org/draft-07/schema#';

/** Keys of a file that are not settings. */
const FILE_PROPERTIES: Readonly<Record<string, SchemaNode>> = {
  $schema: { type: 'string', description: 'this schema, by file or address, for editors' },
  version: { type: 'integer', description: 'version of the format, in configs that a run stored' },
  extends: {
    description: 'files that this one extends; relative paths start at its folder',
    anyOf: [
      { type: 'string', minLength: 1 },
      { type: 'array', items: { type: 'string', minLength: 1 } },
    ],
  },
};

/**
 * The schema, in draft 7, which editors support best. The `use` of a part selects the plugin whose options are completed and checked. A
 * plugin from outside may have any options.
 *
 * @param plugins The plugins that a bare name finds.
 * @example writeFileSync('run.schema.json', JSON.stringify(configJsonSchema(bundledPlugins)));
 */
export function configJsonSchema(plugins: readonly AnyPlugin[]): SchemaNode {
  const places = new PluginNodes(plugins);
  const run = withDefaults(optional(nodeOf(runConfigSchema)), DEFAULT_RUN);
  const settings = mapNodes(run.properties!, (node, key) => {
    if (PART_KEYS.some((part) => part === key)) {
      return places.part(PART_KEYS.find((part) => part === key)!);
    }
    if (key === 'rewards') return { ...node, items: places.reward(itemsOf(node)) };
    if (key === 'sinks') return { ...node, items: places.listed('sink', {}) };
    return key === 'evaluate' ? withBenchmarks(node, places) : node;
  });
  const file: SchemaNode = {
    type: 'object',
    properties: { ...FILE_PROPERTIES, ...settings },
    patternProperties: {
      [`^${OWN_KEY_PREFIX}`]: {
        description: 'a key of your own, such as a place for YAML anchors; Loci does not read it',
      },
    },
    additionalProperties: false,
  };
  return {
    $schema: DRAFT,
    title: 'Loci run',
    description: 'Settings of a run, for --config; every key has a default.',
    ...orEnvironment(file),
    definitions: {
      [ENVIRONMENT_NAME]: ENVIRONMENT,
      ...mapNodes(places.definitions, orEnvironment),
    },
  };
}

/**
 * The schema of another file with its own zod schema, such as a recipe, in which every key is optional.
 *
 * @example fileJsonSchema('Loci pretraining recipe', recipeSchema)
 */
export function fileJsonSchema(title: string, schema: ZodType): SchemaNode {
  const node = optional(nodeOf(schema));
  const own: SchemaNode = { type: 'string', description: 'this schema, for editors' };
  return { $schema: DRAFT, title, ...node, properties: { $schema: own, ...node.properties } };
}

/** `evaluate` with the options of each benchmark beside the number of its items. */
function withBenchmarks(node: SchemaNode, places: PluginNodes): SchemaNode {
  const benchmarks = node.properties!['benchmarks']!;
  const { items } = itemsOf(benchmarks).properties!;
  const entry = places.listed('benchmark', { items: items! });
  return {
    ...node,
    properties: { ...node.properties, benchmarks: { ...benchmarks, items: entry } },
  };
}

function itemsOf({ items }: SchemaNode): SchemaNode {
  return items as SchemaNode;
}
