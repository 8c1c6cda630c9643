/** Options that every trainer on a cluster shares: where the cluster is, where its storage is, and who scores. */
import { z } from 'zod';

/** Engines that a run can be handed to. */
export const ENGINES = ['verl', 'ms-swift'] as const;

/** An engine's name, which is also its trainer's. */
export type EngineName = (typeof ENGINES)[number];

const absolute = z.string().regex(/^\//u, 'an absolute path, such as /mnt/shared/loci');

/** How the reward server is reached. */
export const rewardServerOptions = z.strictObject({
  url: z
    .url()
    .optional()
    .describe(
      'of a `serve-rewards` that runs already, as every node reaches it; left out: Loci starts one',
    ),
  record: z
    .string()
    .min(1)
    .optional()
    .describe(
      'file that the server of `url` records in (--record), as this machine sees it: the rollouts of the run',
    ),
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('address that the server of this run listens on'),
  advertise: z
    .string()
    .min(1)
    .optional()
    .describe('host name by which the nodes reach this machine; left out: the host'),
  port: z.int().nonnegative().default(0).describe('0 takes a free one'),
  tokenFile: absolute
    .optional()
    .describe(
      'file with the token of the reward server, at the same path on every node; only the path is sent',
    ),
  timeoutMs: z.int().positive().default(120_000).describe('of one request of the shim'),
  attempts: z.int().positive().default(5).describe('of the shim before a sample counts as failed'),
});

/** Options of Ray's Jobs API. */
export const rayOptions = {
  address: z.string().min(1).default('http://127.0.0.1:8265').describe("of Ray's dashboard"),
  tokenFile: z.string().min(1).optional().describe("file with Ray's token, on this machine"),
  allowOpenDashboard: z
    .string()
    .min(1)
    .optional()
    .describe(
      'the reason why a dashboard without authentication on another host is acceptable; left out: it is refused',
    ),
  patienceMs: z
    .int()
    .positive()
    .default(600_000)
    .describe(
      'for so long a head may be out of reach before the run gives up following; the job is left as it is',
    ),
  pollMs: z.int().positive().default(3000).describe('between two looks at the job'),
} as const;

/** Options of storage and machines. */
export const placeOptions = {
  storage: absolute.describe('folder on storage that all nodes mount, as the nodes see it'),
  storageHere: z
    .union([z.literal(false), z.string().min(1)])
    .optional()
    .describe(
      'where this machine sees the same folder; left out: at the same path; false: nowhere, and rows must be copied',
    ),
  model: z
    .string()
    .min(1)
    .optional()
    .describe("model folder as the nodes see it; left out: the policy's"),
  maxRows: z
    .int()
    .positive()
    .optional()
    .describe('training rows at most, a seeded choice; left out: every sample that fits'),
  nodes: z.int().positive().default(1),
  gpusPerNode: z.int().positive().default(8),
  frames: z
    .enum(['jpeg', 'png'])
    .default('jpeg')
    .describe(
      'how frames are written for the engine: jpeg (quality 95, no chroma subsampling), or lossless',
    ),
  environment: z
    .record(z.string(), z.string())
    .default({})
    .describe('further variables of the job; anyone who sees the dashboard sees them'),
  rewards: rewardServerOptions.prefault({}),
} as const;
