/**
 * The modules that plugins from outside get from us instead of bringing a copy: this very `@loci/core`, RxJS and zod, wherever
 * the plugin lies, and whatever else our packages export once a plugin asks for it. The entry of `@loci/core` offers itself, because it
 * stands above all that loads plugins.
 */
const offered = new Map<string, unknown>();

/** Offers a module to plugins from outside, under the name by which they import it. */
export function offerModule(name: string, module: unknown): void {
  offered.set(name, module);
}

/** Modules that are loaded once a plugin asks for them. */
const onDemand = new Map<string, () => Promise<unknown>>();

/** Offers a module to plugins from outside that is loaded when the first of them asks for it. */
export function offerOnDemand(name: string, load: () => Promise<unknown>): void {
  onDemand.set(name, load);
}

/**
 * The modules by their names, those of others loaded with the first plugin that may need them.
 *
 * @throws TypeError when a program loaded files of `@loci/core` past its entry.
 */
export async function offeredModules(): Promise<Readonly<Record<string, unknown>>> {
  if (!offered.has('@loci/core')) {
    throw new TypeError('@loci/core was not loaded through its entry; import index.ts first');
  }
  const [rxjs, zod] = await Promise.all([import('rxjs'), import('zod')]);
  return { ...Object.fromEntries(offered), rxjs, zod };
}

/** Names of modules that must be ours wherever a plugin lies. */
const OURS = /(?<=["'])(?:@loci\/[\w.-]+(?:\/[\w./-]+)?|(?:rxjs|zod)\/[\w./-]+)(?=["'])/gu;

/** Our modules that a plugin's text names. */
export function namesOfOurs(text: string): readonly string[] {
  return [...new Set(text.match(OURS) ?? [])];
}

/** Loads a module that one of our packages exports and offers it from now on. @returns Whether there is one. */
export async function offerByName(name: string): Promise<boolean> {
  if (offered.has(name)) return true;
  try {
    const load = onDemand.get(name) ?? (() => import(name) as Promise<unknown>);
    offerModule(name, await load());
    return true;
  } catch {
    return false; // not installed with us: the plugin's own error says what is missing
  }
}
