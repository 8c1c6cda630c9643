/** Rejects rewards that compare with other looks at the prompt, since no engine samples those. */
import { looksOf } from '@loci/core';
import type { RunReward } from '@loci/core';
import type { MappedSetting } from '../job.ts';

/** The settings, with those of rewards that need looks marked as refused. @param rewards in the order of the config. */
export function refuseLooks(
  settings: readonly MappedSetting[],
  rewards: readonly RunReward[],
): readonly MappedSetting[] {
  const refused = new Map<string, string>(
    rewards.flatMap(({ name, reward }, index) => {
      const looks = [...looksOf(reward).keys()];
      const why =
        `${name} compares with completions under other looks at the video (${looks.join(', ')}), which the engine does not sample; ` +
        'leave the reward out';
      return looks.length === 0 ? [] : [[`rewards.${index}.use`, why] as const];
    }),
  );
  return settings.map((setting) => {
    const why = refused.get(setting.key);
    return why === undefined ? setting : { ...setting, fate: { kind: 'refused', why } };
  });
}

/** The differences between the job and the same run trained by Loci, one a line. */
export function departuresOf(settings: readonly MappedSetting[]): readonly string[] {
  return settings.flatMap(({ key, fate }) => {
    if (fate.kind === 'mapped' && fate.note !== undefined) return [`${key}: ${fate.note}`];
    return fate.kind === 'without-effect' && fate.differs ? [`${key}: ${fate.why}`] : [];
  });
}
