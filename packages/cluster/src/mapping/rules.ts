/**
 * Rules that decide how another engine treats each setting of a run. A setting that no rule covers is an error, so that none is lost
 * silently.
 */
import { LociError } from '@loci/core';
import type { ConfigOrigin, RunConfig } from '@loci/core';
import type { MappedSetting, SettingFate } from '../job.ts';
import { configLeaves } from './leaves.ts';

/** A value of an engine's setting, before it is quoted for its command. */
export type EngineValue = string | number | boolean | null | readonly EngineValue[] | EngineRecord;

/** A map in an engine's setting. */
export interface EngineRecord {
  readonly [key: string]: EngineValue;
}

/** The decision of a rule: a fate, and for a mapped setting the engine's own settings. */
export type Decision =
  | Exclude<SettingFate, { kind: 'mapped' }>
  | {
      readonly kind: 'mapped';
      /** By the engine's key. Rules of several settings may set one key, to the same value. */
      readonly set: Readonly<Record<string, EngineValue>>;
      readonly note?: string;
    };

/** Facts that a rule may use besides the value. */
export interface RuleContext<Options = unknown> {
  readonly config: RunConfig;
  readonly options: Options;
  /** Key of the setting, with the numbers of its lists. */
  readonly key: string;
}

/** Decides about a setting. */
export type Rule<Options = unknown> = (value: never, context: RuleContext<Options>) => Decision;

/** Rules by key path: `*` matches one name, `**` at the end everything below. */
export type RuleBook<Options = unknown> = Readonly<Record<string, Rule<Options>>>;

/** The engine does it by these keys. */
export function mapped(set: Readonly<Record<string, EngineValue>>, note?: string): Decision {
  return { kind: 'mapped', set, ...(note !== undefined && { note }) };
}

/** Loci does it itself. */
export function byLoci(how: string): Decision {
  return { kind: 'loci', how };
}

/** It has no effect there, and the result is the same. */
export function inert(why: string): Decision {
  return { kind: 'without-effect', why };
}

/** It has no effect there, and the result therefore differs. */
export function differs(why: string): Decision {
  return { kind: 'without-effect', why, differs: true };
}

/** The engine cannot do it, so the run does not start. */
export function refused(why: string): Decision {
  return { kind: 'refused', why };
}

/** A rule with the same decision for every value. */
export function always(decision: Decision): Rule<unknown> {
  return () => decision;
}

/** The rule for a key: an exact one goes before one with `*`, and that before one with `**`. */
export function ruleFor<Options>(book: RuleBook<Options>, key: string): Rule<Options> | undefined {
  const parts = key.split('.');
  const found = Object.keys(book)
    .filter((pattern) => matches(pattern.split('.'), parts))
    .sort((a, b) => wildness(a) - wildness(b) || b.length - a.length)[0];
  return found === undefined ? undefined : book[found];
}

function matches(pattern: readonly string[], key: readonly string[]): boolean {
  const isOpen = pattern.at(-1) === '**';
  const fixed = isOpen ? pattern.slice(0, -1) : pattern;
  if (isOpen ? key.length < fixed.length : key.length !== fixed.length) return false;
  return fixed.every((part, index) => part === '*' || part === key[index]);
}

function wildness(pattern: string): number {
  if (pattern.endsWith('**')) return 2;
  return pattern.includes('*') ? 1 : 0;
}

/** The decisions of all rules together. */
export interface Mapping {
  readonly settings: readonly MappedSetting[];
  /** The engine's settings, by its own keys. */
  readonly set: ReadonlyMap<string, EngineValue>;
}

/**
 * Decides about every leaf of a config.
 *
 * @param write spells a value as the engine's command does, for the table.
 * @throws LociError `setting-unmapped` for a leaf without a rule, `setting-conflict` where two settings want different values of one key.
 */
export function mapSettings<Options>(
  book: RuleBook<Options>,
  config: RunConfig,
  options: Options,
  write: (value: EngineValue) => string,
  origin?: ConfigOrigin,
): Mapping {
  const set = new Map<string, EngineValue>();
  const settings = configLeaves(config).map(({ key, value: configured }): MappedSetting => {
    const rule = ruleFor(book, key);
    if (rule === undefined) {
      throw new LociError(
        'setting-unmapped',
        `No rule covers the setting ${key} on this engine: leave it out of the config, or report it`,
      );
    }
    const decision = rule(configured as never, { config, options, key });
    // A text from the environment may be a secret: the table shows its reference.
    const reference = origin?.referenceAt?.(pathOf(key));
    const value = typeof configured === 'string' && reference ? reference.text : configured;
    if (decision.kind !== 'mapped') return { key, value, fate: decision };
    const { set: own, note } = decision;
    for (const [name, wanted] of Object.entries(own)) {
      const known = set.get(name);
      if (known !== undefined && write(known) !== write(wanted)) {
        throw new LociError(
          'setting-conflict',
          `${key} sets ${name} to ${write(wanted)}, but another setting of the run sets it to ${write(known)}: change one of them`,
        );
      }
      set.set(name, wanted);
    }
    const to = Object.entries(own).map(([name, wanted]) => `${name}=${write(wanted)}`);
    return { key, value, fate: { kind: 'mapped', to, ...(note !== undefined && { note }) } };
  });
  return { settings, set };
}

function pathOf(key: string): readonly PropertyKey[] {
  return key.split('.').map((part) => (/^\d+$/u.test(part) ? Number(part) : part));
}

/**
 * Checks that the engine supports every setting.
 *
 * @throws LociError `setting-refused` naming every other setting with its place.
 */
export function checkRefused(
  settings: readonly MappedSetting[],
  engine: string,
  placeOf: (path: readonly PropertyKey[]) => string,
): void {
  const lines = settings.flatMap(({ key, value, fate }) => {
    if (fate.kind !== 'refused') return [];
    const path = pathOf(key);
    return [
      `${placeOf(path)}: ${key}: ${JSON.stringify(value)}: ${engine} cannot do this: ${fate.why}`,
    ];
  });
  if (lines.length > 0) throw new LociError('setting-refused', lines.join('\n'));
}

/** What engines elsewhere leave out of `advantage: { use: auto }`. */
export const AUTO_NOTE =
  'credits of spans are not followed there: all tokens have the advantage of their completion';
