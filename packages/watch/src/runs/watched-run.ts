/** Watches a run folder: its figures, rollouts, alerts, evaluations and the state of its writer. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findAlerts, messageOf, readPlaces, relocated } from '@loci/core';
import type { MediaReference, RunAlert } from '@loci/core';
import type { EvaluationSummary, GroupView, RolloutPage, RunSummary } from '../wire/wire.ts';
import { evaluationsIn } from './evaluation-list.ts';
import type { FoundRun } from './find-runs.ts';
import { MetricsStore } from './metrics-store.ts';
import { groupMember, mediumView, rolloutRow } from './rollout-lines.ts';
import { truthDrawing } from './scene-drawings.ts';
import { RolloutIndex } from './rollout-index.ts';
import { findRollouts } from './rollout-query.ts';
import type { RolloutQuery } from './rollout-query.ts';
import { readStoredConfig } from './run-config.ts';
import type { StoredConfig } from './run-config.ts';
import { lastChange, writerOf } from './run-status.ts';

/** One run. The watcher never writes to its folder. */
export class WatchedRun {
  readonly found: FoundRun;
  readonly metrics: MetricsStore;
  readonly rollouts: RolloutIndex;
  #config: StoredConfig | undefined;
  #alerts:
    | { readonly records: number; readonly generation: number; readonly list: readonly RunAlert[] }
    | undefined;
  #problem: string | undefined;
  #reading: Promise<void> | undefined;
  #indexing: Promise<void> | undefined;
  #filtered: { readonly key: string; readonly rows: Uint32Array } | undefined;

  constructor(found: FoundRun) {
    this.found = found;
    this.metrics = new MetricsStore(join(found.folder, 'metrics.jsonl'));
    this.rollouts = new RolloutIndex(join(found.folder, 'rollouts.jsonl'));
  }

  /** The config that is stored now. */
  get config(): StoredConfig {
    return (this.#config = readStoredConfig(this.found.folder));
  }

  /** Reads the figures since the last call; one reading at a time. */
  refresh(): Promise<void> {
    this.#reading ??= this.#guarded(() => this.metrics.refresh()).finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /** Reads the rollouts since the last call in the background; resolves when the index is up to date. */
  index(): Promise<void> {
    this.#indexing ??= this.#guarded(() => this.rollouts.refresh()).finally(() => {
      this.#indexing = undefined;
    });
    return this.#indexing;
  }

  /** The summary of the run for a list; with the problem where its folder cannot be read. */
  summary(): RunSummary {
    try {
      return this.#summary();
    } catch (thrown) {
      const { id, name, kind } = this.found;
      const nothing = { step: 0, steps: 0, changedAt: 0, records: 0, rollouts: 0, generation: 0 };
      const problem = `The folder of the run cannot be read: ${messageOf(thrown)}`;
      return {
        id,
        name,
        kind,
        status: 'stopped',
        ...nothing,
        alerts: [],
        evaluations: [],
        problem,
      };
    }
  }

  #summary(): RunSummary {
    const { id, name, folder, kind } = this.found;
    const { steps } = this.config;
    const last = this.metrics.records.findLast(({ values }) => 'seconds/step' in values);
    const step = last?.step ?? 0;
    const evaluations = evaluationsIn(folder, kind);
    const isComplete =
      kind === 'evaluation'
        ? existsSync(join(folder, 'report.json')) && !existsSync(join(folder, '.unfinished'))
        : step >= steps || this.#endedEarly();
    const writer = writerOf(folder, isComplete);
    const figure = (as: string, metric: string): Readonly<Record<string, number>> => {
      const value = last?.values[metric];
      return value === undefined ? {} : { [as]: value };
    };
    return {
      ...{ id, name, kind, step, steps, ...writer, evaluations },
      changedAt: lastChange(folder),
      records: this.metrics.records.length,
      rollouts: this.rollouts.count,
      generation: this.metrics.generation + this.rollouts.generation,
      ...(writer.status === 'running' &&
        kind === 'training' && { phase: this.#phase(step, steps, evaluations) }),
      ...figure('reward', 'reward/total'),
      ...figure('tokensPerSecond', 'speed/tokens-per-second'),
      ...figure('secondsPerStep', 'seconds/step'),
      alerts: this.alerts(),
      ...(this.#problem !== undefined && { problem: this.#problem }),
    };
  }

  /** The alerts of the figures under the thresholds of the config. */
  alerts(): readonly RunAlert[] {
    const { records, generation } = this.metrics;
    const known = this.#alerts;
    if (known?.records === records.length && known.generation === generation) return known.list;
    const list = findAlerts(records, (this.#config ?? this.config).alerts);
    this.#alerts = { records: records.length, generation, list };
    return list;
  }

  /** A page of the rollouts that pass a filter. */
  async rolloutPage(query: RolloutQuery, offset: number, limit: number): Promise<RolloutPage> {
    const begun = performance.now();
    const { count, columns, generation } = this.rollouts;
    const key = JSON.stringify([generation, count, query]);
    const rows =
      this.#filtered?.key === key ? this.#filtered.rows : await findRollouts(this.rollouts, query);
    this.#filtered = { key, rows };
    const milliseconds = performance.now() - begun;
    const shown = [...rows.subarray(offset, offset + limit)];
    const lines = await this.rollouts.lines(shown);
    return {
      total: count,
      matched: rows.length,
      rows: [...lines].map(([row, line]) => rolloutRow(row, line)),
      kinds: columns.kinds.words,
      parts: [...columns.parts.keys()],
      steps: count === 0 ? null : [columns.step.at(0), columns.step.at(count - 1)],
      indexed: this.rollouts.progress,
      milliseconds,
    };
  }

  /** The group of a rollout; undefined when there is no such row. */
  async group(row: number): Promise<GroupView | undefined> {
    if (!(row >= 0 && row < this.rollouts.count)) return undefined;
    const { rows, previous, next } = this.rollouts.group(row);
    const lines = await this.rollouts.lines(rows);
    const line = lines.get(row);
    if (line === undefined) return undefined;
    return {
      ...{ row, previous, next },
      ...{ step: line.step, sampleId: line.sampleId, kind: line.kind, problem: line.problem },
      options: line.options,
      solution: line.solution.replaceAll(/<\/?answer>/gu, '').trim(),
      media: line.media.map(mediumView),
      ...(line.map && { map: line.map }),
      ...(line.sceneMap && { sceneDrawing: truthDrawing(line.sceneMap) }),
      members: [...lines].map(([own, member]) => groupMember(own, member)),
    };
  }

  /** A medium of a row with its current path; undefined when the row has none with that number. */
  async medium(row: number, number: number): Promise<MediaReference | undefined> {
    if (!(row >= 0 && row < this.rollouts.count)) return undefined;
    const line = (await this.rollouts.lines([row])).get(row);
    const medium = line?.media[number];
    if (medium === undefined) return undefined;
    const { folder } = this.found;
    return { ...medium, path: relocated(medium.path, folder, readPlaces(folder)) };
  }

  /** Evaluating while an evaluation is unfinished; else sampling until the file has rollouts of the next step, then updating. */
  #phase(step: number, steps: number, evaluations: readonly EvaluationSummary[]): string {
    const folder = join(this.found.folder, 'evaluations');
    const open = evaluations.find(({ key }) => existsSync(join(folder, key, '.unfinished')));
    if (open !== undefined) return `evaluating ${open.title}`;
    if (this.metrics.records.length === 0 && this.rollouts.count === 0) return 'starting';
    if (step >= steps) return 'ending';
    const sampled = this.rollouts.columns.step.at(this.rollouts.count - 1);
    return sampled > step ? `updating in step ${step + 1}` : `sampling step ${step + 1}`;
  }

  /** Whether `stopWhen` may have ended the run. A stopped run has a report as well, so this can be wrong where the config has `stopWhen`. */
  #endedEarly(): boolean {
    return (
      this.config.text.includes('stopWhen:') && existsSync(join(this.found.folder, 'report.html'))
    );
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#problem = undefined;
    } catch (thrown) {
      this.#problem = messageOf(thrown);
    }
  }
}
