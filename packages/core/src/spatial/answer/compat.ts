/**
 * Whose rules to follow. `spacer` reproduces what the SpaceR repository does, mistakes included; without it the corrected
 * rule holds. Every place that differs says how.
 */
export interface Compatibility {
  readonly compat?: 'spacer' | undefined;
}
