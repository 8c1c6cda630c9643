/** Options that every trainer on a cluster shares: the cluster, its storage, and the reward server. */
import { z } from 'zod';

/** Engines that a run can be handed to. */
export const ENGINES = ['verl', 'ms-swift'] as const;

/** An engine's name, which is also its trainer's. */
export type EngineName = (typeof ENGINES)[number];

const absolute = z.string().regex(/^\//u, 'an absolute path, such as /mnt/shared/loci');

/** Options of the reward server. */
export const rewardServerOptions = z.strictObject({
  url: z
    .url()
    .optional()
    .describe(
      'address of a running `serve-rewards`, as every node reaches it; left out: Loci starts one',
    ),
  record: z
    .string()
    .min(1)
    .optional()
    .describe(
      'file that the server of `url` writes with --record, as this machine sees it; Loci reads the rollouts of the run from it',
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
  port: z.int().nonnegative().default(0).describe('port of the server of this run; 0: a free one'),
  tokenFile: absolute
    .optional()
    .describe(
      'file with the token of the reward server, at the same path on every node; Loci sends only the path',
    ),
  timeoutMs: z.int().positive().default(120_000).describe('limit of one reward request of a node'),
  attempts: z
    .int()
    .positive()
    .default(5)
    .describe('reward requests of a node that may fail before the sample counts as failed'),
});

/** Options of Ray's Jobs API. */
export const rayOptions = {
  address: z
    .string()
    .min(1)
    .default('http://127.0.0.1:8265')
    .describe("address of Ray's dashboard"),
  tokenFile: z.string().min(1).optional().describe("file with Ray's token, on this machine"),
  allowOpenDashboard: z
    .string()
    .min(1)
    .optional()
    .describe(
      'why a dashboard without authentication on another host is acceptable; left out: the run does not start with one',
    ),
  patienceMs: z
    .int()
    .positive()
    .default(600_000)
    .describe(
      'how long the Ray head may be unreachable before the run stops following the job; the job itself continues',
    ),
  pollMs: z.int().positive().default(3000).describe('interval between two looks at the job'),
} as const;

/** Options of storage, machines and rewards. */
export const placeOptions = {
  storage: absolute.describe('folder on storage that all nodes mount, as the nodes see it'),
  storageHere: z
    .union([z.literal(false), z.string().min(1)])
    .optional()
    .describe(
      'where this machine sees that folder; left out: at the same path; false: nowhere, so that you copy the rows there',
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
    .describe('most training rows, a seeded choice of samples; left out: every sample that fits'),
  nodes: z.int().positive().default(1),
  gpusPerNode: z.int().positive().default(8),
  frames: z
    .enum(['jpeg', 'png'])
    .default('jpeg')
    .describe(
      'form of the frames for the engine: jpeg (quality 95, no chroma subsampling), or png (lossless)',
    ),
  environment: z
    .record(z.string(), z.string())
    .default({})
    .describe('further environment variables of the job; anyone who sees the dashboard sees them'),
  rewards: rewardServerOptions.prefault({}),
} as const;
