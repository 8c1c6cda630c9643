/** How drills have Loci ask a server: with limits of seconds instead of minutes, so that a server that never answers is soon given up. */

/** The environment variable that holds the key of a drill. */
export const KEY_VARIABLE = 'LOCI_DRILL_KEY';

/** The settings that differ between drills. */
export interface RemoteSettings {
  readonly baseUrl: string;
  /** Folder of kept answers. */
  readonly cache: string;
  readonly concurrency: number;
  /** Whether a key is sent, from `KEY_VARIABLE`. */
  readonly hasKey?: boolean;
}

/** Limits of one question, in the units of their names. */
export const LIMITS = {
  attempts: 3,
  firstWaitSeconds: 0.05,
  maxWaitSeconds: 0.3,
  silenceSeconds: 1.5,
  maxAnswerSeconds: 4,
  maxAnswerBytes: 200_000,
} as const;

/** Flags of `evaluate` that name the server as the policy. */
export function remotePolicy({ hasKey = false, ...settings }: RemoteSettings): readonly string[] {
  const policy = {
    use: 'openai',
    model: 'drill-1',
    ...settings,
    ...LIMITS,
    ...(hasKey && { apiKeyEnv: KEY_VARIABLE }),
  };
  return ['--policy', JSON.stringify(policy)];
}
