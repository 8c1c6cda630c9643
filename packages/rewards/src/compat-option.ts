import { z } from 'zod';

/** `compat: spacer` reproduces the SpaceR repository, its mistakes included; left out, the corrected rules hold. */
export const compatOption = z.literal('spacer').optional();
