/** JSON schemas of the places where a config names a plugin: `use` selects the plugin, whose options apply. */
import type { AnyPlugin, PluginKind } from '../../spec/index.ts';
import { nodeOf, optional } from './nodes.ts';
import type { SchemaNode } from './nodes.ts';

type Nodes = Readonly<Record<string, SchemaNode>>;

/** Makes the schemas of places, and collects in `definitions` the options of every plugin that they refer to. */
export class PluginNodes {
  readonly #plugins: readonly AnyPlugin[];
  readonly #definitions = new Map<string, SchemaNode>();

  constructor(plugins: readonly AnyPlugin[]) {
    this.#plugins = plugins;
  }

  /** The options of plugins, by the names of their definitions. */
  get definitions(): Nodes {
    return Object.fromEntries(this.#definitions);
  }

  /** A part of which a run has one. A file may leave `use` out to change options of the plugin that a lower layer names. */
  part(kind: PluginKind): SchemaNode {
    return this.#nameOr(kind, this.#beside(kind, {}, optional));
  }

  /**
   * An entry of a list of parts, with its options beside `use`.
   *
   * @param own Keys of the entry that are not options.
   */
  listed(kind: PluginKind, own: Nodes): SchemaNode {
    const entry = this.#beside(kind, own, (node) => node);
    return this.#nameOr(kind, { ...entry, required: ['use'] });
  }

  /** An entry of the rewards, whose options have their own key. */
  reward(entry: SchemaNode): SchemaNode {
    const options = this.#named('reward').map((plugin) =>
      whenUse(plugin.name, {
        properties: { options: this.#define(`reward.${plugin.name}`, nodeOf(plugin.options)) },
      }),
    );
    const properties = { ...entry.properties, use: this.#use('reward') };
    return this.#nameOr('reward', { ...entry, properties, required: ['use'], allOf: options });
  }

  #beside(kind: PluginKind, own: Nodes, change: (node: SchemaNode) => SchemaNode): SchemaNode {
    const whole = Object.keys(own).length > 0 ? '.listed' : '';
    const plugins = this.#named(kind).map(({ name, options }) => {
      const node = change(nodeOf(options));
      const properties = { use: { const: name }, ...own, ...node.properties };
      return { name, node: this.#define(`${kind}.${name}${whole}`, { ...node, properties }) };
    });
    const cases = plugins.map(({ name, node }) => whenUse(name, node));
    const unnamed: SchemaNode = {
      if: { not: { required: ['use'] } },
      then: { anyOf: plugins.map(({ node }) => node) },
    };
    return {
      type: 'object',
      properties: { use: this.#use(kind), ...own },
      allOf: whole === '' ? [...cases, unnamed] : cases,
    };
  }

  #nameOr(kind: PluginKind, entry: SchemaNode): SchemaNode {
    return {
      description: `a plugin of kind ${kind}: its name, or an object with its options`,
      anyOf: [this.#use(kind), entry],
    };
  }

  #use(kind: PluginKind): SchemaNode {
    const names = this.#named(kind).map(({ name, description }) => ({ const: name, description }));
    const outside: SchemaNode = {
      type: 'string',
      minLength: 1,
      description: 'path of a module, or npm package',
    };
    return { anyOf: [...names, outside] };
  }

  #named(kind: PluginKind): readonly AnyPlugin[] {
    return this.#plugins
      .filter((plugin) => plugin.kind === kind)
      .sort((a, b) => a.name.localeCompare(b.name, 'en'));
  }

  #define(name: string, node: SchemaNode): SchemaNode {
    this.#definitions.set(name, node);
    return { $ref: `#/definitions/${name}` };
  }
}

function whenUse(name: string, then: SchemaNode): SchemaNode {
  return { if: { required: ['use'], properties: { use: { const: name } } }, then };
}
