/** Judges the report of a preflight, and gives a remedy for each failure. */
import type { NodeReport, PreflightReport } from './report.ts';
import { isWithin } from './version-range.ts';
import type { VersionRange } from './version-range.ts';

/** Requirements of a job on its cluster. */
export interface ClusterNeeds {
  /** `verl 0.9`, for messages. */
  readonly engine: string;
  readonly packages: Readonly<Record<string, VersionRange>>;
  readonly nodes: number;
  readonly gpusPerNode: number;
  /** As the nodes see it. */
  readonly storage: string;
  readonly model: string | undefined;
  /** Folder of this machine whose content a person must copy to the storage; undefined where this machine writes there itself. */
  readonly copy?: string | undefined;
  /** Address of the reward server, as the nodes reach it. */
  readonly rewardsUrl: string;
}

/** Results of the checks. */
export interface PreflightFindings {
  /** Checks that passed, one line each. */
  readonly passed: readonly string[];
  /** Checks that failed, each with its remedy. */
  readonly failed: readonly string[];
}

/** @param report of `assets/preflight.py`. */
export function judge(report: PreflightReport, needs: ClusterNeeds): PreflightFindings {
  const passed: string[] = [];
  const failed: string[] = [];
  const check = (problems: readonly string[], fine: string): void => {
    if (problems.length === 0) passed.push(fine);
    else failed.push(...problems);
  };
  const dead = report.nodes.filter(({ error }) => error !== undefined);
  const nodes = report.nodes.filter(({ error }) => error === undefined);
  check(
    dead.map(
      ({ address, error }) =>
        `node ${address} did not answer (${error}): check it with "ray status", and restart it or remove it from the cluster`,
    ),
    `${nodes.length} node${nodes.length === 1 ? '' : 's'} answered`,
  );
  check(versionProblems(nodes, needs), versionsOf(nodes, needs));
  check(gpuProblems(nodes, needs), `GPUs: ${nodes.map(({ gpus }) => gpus).join(' + ')}`);
  check(storageProblems(report, nodes, needs), `all nodes see ${needs.storage}`);
  if (nodes.some(({ media }) => media.length > 0)) {
    check(mediaProblems(nodes, needs), `the first row opens on every node (${mediaOf(nodes)})`);
  }
  if (nodes.some(({ probe }) => probe !== undefined && probe !== null)) {
    check(probeProblems(nodes, needs), 'every node had one sample scored');
  }
  if (report.tokenizer !== undefined && report.tokenizer !== null) {
    check(tokenizerProblems(report.tokenizer, needs), 'the tokenizer keeps the tags');
  }
  return { passed, failed };
}

function versionProblems(nodes: readonly NodeReport[], needs: ClusterNeeds): readonly string[] {
  return Object.entries(needs.packages).flatMap(([name, range]) => {
    const found = new Set(nodes.map(({ versions }) => versions[name] ?? undefined));
    return [...found].flatMap((version) => {
      if (version !== undefined && isWithin(version, range)) return [];
      const where = nodes.filter(({ versions }) => (versions[name] ?? undefined) === version);
      const how = version === undefined ? 'is not installed' : `is ${version}`;
      return [
        `${name} ${how} on ${namesOf(where)}, but ${needs.engine} needs ${range}: start the cluster from an image of ${needs.engine}, or install it there ` +
          `(pip install "${name}${range.replaceAll(' ', ',')}")`,
      ];
    });
  });
}

function versionsOf([first]: readonly NodeReport[], { packages }: ClusterNeeds): string {
  return Object.keys(packages)
    .map((name) => `${name} ${first?.versions[name] ?? '?'}`)
    .join(', ');
}

function gpuProblems(
  nodes: readonly NodeReport[],
  { nodes: wanted, gpusPerNode }: ClusterNeeds,
): readonly string[] {
  const enough = nodes.filter(({ gpus }) => gpus >= gpusPerNode).length;
  if (enough >= wanted) return [];
  const found = nodes.map(({ address, gpus }) => `${address}: ${gpus}`).join(', ');
  return [
    `the job asks for ${wanted} node${wanted === 1 ? '' : 's'} with ${gpusPerNode} GPU${gpusPerNode === 1 ? '' : 's'} each, but the cluster has ${found}: lower trainer.nodes or ` +
      'trainer.gpusPerNode, or add nodes ("ray start --address=HEAD:6379 --num-gpus=N")',
  ];
}

function storageProblems(
  { written }: PreflightReport,
  nodes: readonly NodeReport[],
  { storage }: ClusterNeeds,
): readonly string[] {
  if (written?.ok === false) {
    return [
      `the head cannot write to ${storage} (${written.text}): mount it there, or set trainer.storage to a folder that is mounted on every node`,
    ];
  }
  const blind = nodes.filter((node) => node.storage?.ok === false);
  if (blind.length === 0) return [];
  return [
    `${namesOf(blind)} ${blind.length === 1 ? 'does' : 'do'} not see the storage ${storage} (${blind[0]!.storage!.text}): mount the same file system at this path on every node, or set ` +
      'trainer.storage to one that every node mounts; trainer.storageHere is its path on this machine',
  ];
}

function mediaProblems(
  nodes: readonly NodeReport[],
  { storage, copy }: ClusterNeeds,
): readonly string[] {
  const advice =
    copy === undefined
      ? `every node must be able to read it at this path, normally below ${storage}`
      : `this machine does not see the storage, so copy ${copy} into ${storage}, as a folder of the same name`;
  return nodes.flatMap((node) => {
    const bad = node.media.find(({ ok }) => !ok);
    if (bad === undefined) return [];
    return [`${nameOf(node)} cannot open ${bad.path} (${bad.text}): ${advice}`];
  });
}

function mediaOf([first]: readonly NodeReport[]): string {
  return first?.media[0]?.text ?? '';
}

function probeProblems(
  nodes: readonly NodeReport[],
  { rewardsUrl }: ClusterNeeds,
): readonly string[] {
  const bad = nodes.filter(({ probe }) => probe?.ok === false);
  if (bad.length === 0) return [];
  const { hostname } = new URL(rewardsUrl);
  const isLocal = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  const advice =
    isLocal && nodes.length > 1
      ? `on each node, ${hostname} is the node itself: set trainer.rewards.host to 0.0.0.0, with a token, and trainer.rewards.advertise to the name by which nodes reach this machine`
      : 'let the nodes connect to this address, or run serve-rewards on the head and set trainer.rewards.url';
  return [
    `${namesOf(bad)} could not have a sample scored at ${rewardsUrl} (${bad[0]!.probe!.text}): ${advice}`,
  ];
}

function tokenizerProblems(
  tokenizer: NonNullable<PreflightReport['tokenizer']>,
  { model }: ClusterNeeds,
): readonly string[] {
  if (!tokenizer.ok) {
    return [
      `the head cannot read the tokenizer of ${model} (${tokenizer.text}): set trainer.model to the model folder as the nodes see it`,
    ];
  }
  const lost = Object.entries(tokenizer.kept).flatMap(([tag, isKept]) => (isKept ? [] : [tag]));
  if (lost.length === 0) return [];
  return [
    `the tokenizer of ${model} has ${lost.join(', ')} as special tokens, which the engine leaves out of the text that rewards read, so every format ` +
      'reward would be 0. Set "special": false for them in its tokenizer.json (added_tokens) and in tokenizer_config.json, or choose a prompt with other tags',
  ];
}

function namesOf(nodes: readonly NodeReport[]): string {
  return nodes.map(nameOf).join(', ');
}

function nameOf({ address, host }: NodeReport): string {
  return host === '' ? `node ${address}` : `node ${address} (${host})`;
}
