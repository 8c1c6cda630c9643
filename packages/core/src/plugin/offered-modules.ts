/**
 * The modules that plugins from outside share with Loci instead of bringing a copy: `@loci/core`, RxJS and zod, and on demand all that our
 * packages export. The entry of `@loci/core` offers itself, because files below it cannot import it.
 */
const offered = new Map<string, unknown>();

/** Offers a module to plugins from outside, under the name by which they import it. */
export function offerModule(name: string, module: unknown): void {
  offered.set(name, module);
}

/** Modules that are loaded when a plugin imports them. */
const onDemand = new Map<string, () => Promise<unknown>>();

/** Offers a module that is loaded when the first plugin imports it. */
export function offerOnDemand(name: string, load: () => Promise<unknown>): void {
  onDemand.set(name, load);
}

/**
 * The offered modules by name. RxJS and zod are loaded with the first plugin from outside.
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

/** Names of modules that plugins must share with us. */
const OURS = /(?<=["'])(?:@loci\/[\w.-]+(?:\/[\w./-]+)?|(?:rxjs|zod)\/[\w./-]+)(?=["'])/gu;

/** Our modules that the source of a plugin names. */
export function namesOfOurs(text: string): readonly string[] {
  return [...new Set(text.match(OURS) ?? [])];
}

/** Loads a module that our packages can import, and offers it from now on. @returns Whether it exists. */
export async function offerByName(name: string): Promise<boolean> {
  if (offered.has(name)) return true;
  try {
    const load = onDemand.get(name) ?? (() => import(name) as Promise<unknown>);
    offerModule(name, await load());
    return true;
  } catch {
    return false; // not installed with us: the plugin's own error names it
  }
}
