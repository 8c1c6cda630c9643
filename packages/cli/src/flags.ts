/** Types of the arguments and flags of each command. `program.ts` parses them. */

/** Flags of every command with a result. */
export interface ResultFlags {
  /** The result as JSON. */
  readonly json?: true;
}

/** Flags that every command with a config takes. */
export interface ConfigFlags extends ResultFlags {
  /** In the order given; later ones are laid over earlier ones. */
  readonly config?: readonly string[];
  /** `a.b=c`, in the order given; later ones win. */
  readonly set: readonly string[];
  readonly seed?: number;
  readonly quiet?: true;
}

/** Flags of `train`. */
export interface TrainFlags extends ConfigFlags {
  /** Writes the job for another engine without sending it. */
  readonly dryRun?: true;
  /** Serves the live page of the run. */
  readonly watch?: true;
  readonly verbose?: true;
  readonly run?: string;
  readonly resume?: string;
  readonly steps?: number;
  /** `key=a,b`, one per axis; their combinations are trained one after the other. */
  readonly grid?: readonly string[];
}

/** Flags of `watch`. */
export interface WatchFlags extends ResultFlags {
  /** Folders as they were typed. */
  readonly runs: readonly string[];
  readonly port?: number;
}

/** Folders of `report`, as they were typed. */
export interface ReportFlags extends ResultFlags {
  readonly folders: readonly string[];
}

/** Run folders of `sync`, as they were typed. */
export interface SyncFlags extends ResultFlags {
  readonly runs: readonly string[];
}

/** Flags of `jobs`. */
export interface JobsFlags extends ResultFlags {
  /** Folders as they were typed; ids of jobs, where `address` is given. */
  readonly runs: readonly string[];
  readonly tail?: true;
  readonly stop?: true;
  /** Address of a head, whose jobs are meant instead of those of runs. */
  readonly address?: string;
  readonly tokenFile?: string;
  /** Why a head without authentication on another host is acceptable. */
  readonly allowOpenDashboard?: string;
}

/** Flags of `evaluate`. */
export interface EvaluateFlags extends ConfigFlags {
  readonly verbose?: true;
  readonly benchmark?: string;
  readonly data?: string;
  readonly prompt?: string;
  readonly policy?: string;
  readonly items?: number;
  readonly samples?: number;
  readonly as?: 'video' | 'images';
  readonly maxNewTokens?: number;
  readonly judge?: string;
  /** Money, in the currency of the policy's prices. */
  readonly budget?: number;
  readonly look?: true;
  readonly out?: string;
  /** Of `compare`. */
  readonly file?: string;
  readonly rescore?: string;
  readonly compare?: readonly string[];
}

/** Words and flags of `ask`. */
export interface AskFlags extends ConfigFlags {
  /** A folder of a model or a run, or a policy as `evaluate --policy` takes it. */
  readonly model: string;
  /** Videos and pictures. */
  readonly media: readonly string[];
  readonly question: string;
  readonly option: readonly string[];
  readonly objects?: readonly string[];
  readonly checkpoint?: string;
  readonly maxNewTokens?: number;
  /** File of a picture of the map. */
  readonly map?: string;
  readonly verbose?: true;
}

/** Flags of `pretrain`. */
export interface PretrainFlags extends ConfigFlags {
  readonly out?: string;
  readonly recipe?: string;
}

/** Words and flags of `experiment`. */
export interface ExperimentFlags extends ResultFlags {
  /** The experiment file. */
  readonly file: string;
  readonly out?: string;
  /** Arms and seeds to work on this time; all when absent. */
  readonly arms?: readonly string[];
  readonly seeds?: readonly number[];
  readonly dryRun?: true;
  readonly quiet?: true;
}

/** Words and flags of `learning`. */
export interface LearningFlags extends ResultFlags {
  /** Folders of experiments. */
  readonly experiments: readonly string[];
  readonly file?: string;
}

/** Flags of `diagnose`. */
export interface DiagnoseFlags extends ConfigFlags {
  readonly model?: string;
  readonly questions?: number;
  readonly trainedRooms?: string;
  readonly out?: string;
}

/** Flags of `generate`. */
export interface GenerateFlags extends ConfigFlags {
  readonly out: string;
  readonly from: 'rooms' | 'vsi-bench' | 'boxes';
  /** A number of rooms, or files of annotated scenes. */
  readonly scenes: readonly string[];
  readonly videos?: string;
  readonly allowOutside?: true;
  readonly exclude: readonly string[];
  readonly questions?: number;
  readonly recipe?: string;
}

/** Flags of `export`. */
export interface ExportFlags extends ConfigFlags {
  readonly to: 'verl' | 'ms-swift';
  readonly out: string;
  readonly storage?: string;
}

/** Flags of `convert`. */
export interface ConvertFlags extends ResultFlags {
  readonly from: 'spacer' | 'ms-swift' | 'trl' | 'llava' | 'parquet';
  readonly out: string;
  readonly media?: string;
  readonly quiet?: true;
}

/** Flags of `check-data`. */
export interface CheckDataFlags extends ConfigFlags {
  readonly data?: string;
}

/** Flags of `validate`. */
export interface ValidateFlags extends ConfigFlags {
  readonly samples?: number;
}

/** Flags of `score`. */
export interface ScoreFlags extends ConfigFlags {
  readonly rollouts: string;
  readonly show?: number;
  readonly file?: string;
  /** An error that names the right flag. */
  readonly out?: string;
}

/** Flags of `serve-rewards`. */
export interface ServeRewardsFlags extends ConfigFlags {
  readonly host?: string;
  readonly allowHost?: readonly string[];
  readonly port?: number;
  /** File to record the groups of `POST /gather` in. */
  readonly record?: string;
  /** File that holds the token, instead of the environment variable. */
  readonly tokenFile?: string;
  /** Ends with whoever started it, until that one lets it go. */
  readonly untilReleased?: true;
}

/** Flags of `config print`. */
export interface ConfigPrintFlags extends ConfigFlags {
  /** A run whose stored config replaces the defaults. */
  readonly resume?: string;
  readonly steps?: number;
  /** Only values that are not defaults. */
  readonly changed?: true;
  readonly json?: true;
  readonly yaml?: true;
}

/** Flags of `config schema`. */
export interface ConfigSchemaFlags extends ResultFlags {
  readonly file?: string;
}

/** Flags of `merge`. */
export interface MergeFlags extends ResultFlags {
  readonly model: string;
  readonly adapter: string;
  readonly to: string;
  readonly undo?: true;
}

/** Words and flags of `push`. */
export interface PushFlags extends ResultFlags {
  readonly folder: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly public?: true;
  readonly license?: string;
  readonly base?: string;
  readonly evaluation: readonly string[];
  readonly branch?: string;
  readonly message?: string;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly quiet?: true;
}

/** The implementations of the commands: `actions.ts` has the real ones, tests their own. */
export interface Actions {
  init(name: string, flags: ResultFlags): Promise<void>;
  train(flags: TrainFlags): Promise<void>;
  watch(flags: WatchFlags): Promise<void>;
  report(flags: ReportFlags): Promise<void>;
  sync(flags: SyncFlags): Promise<void>;
  jobs(flags: JobsFlags): Promise<void>;
  evaluate(flags: EvaluateFlags): Promise<void>;
  ask(flags: AskFlags): Promise<void>;
  pretrain(flags: PretrainFlags): Promise<void>;
  diagnose(flags: DiagnoseFlags): Promise<void>;
  experiment(flags: ExperimentFlags): Promise<void>;
  learning(flags: LearningFlags): Promise<void>;
  generate(flags: GenerateFlags): Promise<void>;
  convert(file: string, flags: ConvertFlags): Promise<void>;
  checkData(flags: CheckDataFlags): Promise<void>;
  validate(flags: ValidateFlags): Promise<void>;
  score(flags: ScoreFlags): Promise<void>;
  exportJob(flags: ExportFlags): Promise<void>;
  serveRewards(flags: ServeRewardsFlags): Promise<void>;
  merge(flags: MergeFlags): Promise<void>;
  plugins(flags: ResultFlags): Promise<void>;
  push(flags: PushFlags): Promise<void>;
  configPrint(flags: ConfigPrintFlags): Promise<void>;
  configSchema(flags: ConfigSchemaFlags): Promise<void>;
}
