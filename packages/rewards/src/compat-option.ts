import { z } from 'zod';

/** `compat: spacer` reproduces the SpaceR repository with its mistakes; without it the corrected rules apply. */
export const compatOption = z.literal('spacer').optional();
