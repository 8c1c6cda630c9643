import { suggest } from '../config/near-names.ts';
import { LociError } from '../errors/loci-error.ts';
import type { AnyPlugin, ErasedPlugin, PluginKind } from '../spec/index.ts';

/**
 * The plugins of a run, by kind and name. Two plugins of the same kind and name are an error, so none replaces another silently. A module
 * of the user may use the name of a bundled plugin, since a later release may bundle one of any name: a config means the module by its
 * path, and the bundled plugin by the name.
 */
export class PluginRegistry {
  readonly #plugins = new Map<string, AnyPlugin>();
  readonly #bundled: ReadonlySet<AnyPlugin>;

  constructor(bundled: readonly AnyPlugin[] = []) {
    this.#bundled = new Set(bundled);
    for (const plugin of bundled) this.#add(plugin);
  }

  /**
   * Makes a loaded plugin known by its name, unless a bundled one has it. Registering the same descriptor again changes nothing.
   *
   * @throws LociError `duplicate-plugin` when another loaded plugin has the name.
   */
  register(plugin: AnyPlugin): void {
    const present = this.#plugins.get(keyOf(plugin.kind, plugin.name));
    if (present !== undefined && this.#bundled.has(present)) return;
    this.#add(plugin);
  }

  #add(plugin: AnyPlugin): void {
    const key = keyOf(plugin.kind, plugin.name);
    const present = this.#plugins.get(key);
    if (present !== undefined && present !== plugin) {
      throw new LociError(
        'duplicate-plugin',
        `Two ${plugin.kind} plugins are called "${plugin.name}"; rename one of them`,
        { details: { kind: plugin.kind, name: plugin.name } },
      );
    }
    this.#plugins.set(key, plugin);
  }

  find<Kind extends PluginKind>(kind: Kind, name: string): ErasedPlugin<Kind> | undefined {
    const plugin = this.#plugins.get(keyOf(kind, name));
    return plugin !== undefined && isOfKind(plugin, kind) ? plugin : undefined;
  }

  /** @throws LociError `unknown-plugin`, listing the near names first and then all of the kind. */
  get<Kind extends PluginKind>(kind: Kind, name: string): ErasedPlugin<Kind> {
    const plugin = this.find(kind, name);
    if (plugin !== undefined) return plugin;
    const names = this.list(kind).map((known) => known.name);
    throw new LociError(
      'unknown-plugin',
      `There is no ${kind} plugin called "${name}"; ${suggest(name, names)}`,
      { details: { kind, name } },
    );
  }

  /** Plugins of one kind, sorted by name. */
  list<Kind extends PluginKind>(kind: Kind): readonly ErasedPlugin<Kind>[] {
    return [...this.#plugins.values()]
      .filter((plugin): plugin is AnyPlugin & ErasedPlugin<Kind> => isOfKind(plugin, kind))
      .sort((a, b) => a.name.localeCompare(b.name, 'en'));
  }
}

function keyOf(kind: PluginKind, name: string): string {
  return `${kind} ${name}`;
}

function isOfKind<Kind extends PluginKind>(
  plugin: AnyPlugin,
  kind: Kind,
): plugin is AnyPlugin & ErasedPlugin<Kind> {
  return plugin.kind === kind;
}
