/** The routes of the page. They read run folders and never write. */
import { LociError } from '@loci/core';
import type { FastifyInstance } from 'fastify';
import { compareKept } from '../runs/compare-kept.ts';
import { evaluationsIn } from '../runs/evaluation-list.ts';
import { evaluationView, readKept } from '../runs/evaluation-view.ts';
import type { KeptEvaluation } from '../runs/evaluation-view.ts';
import { configDifferences } from '../runs/run-config.ts';
import type { EventStream } from './events.ts';
import { HttpProblem } from './http-problem.ts';
import { addMediaRoutes } from './media-routes.ts';
import {
  MOST_ROWS,
  comparisonQuery,
  configsQuery,
  itemQuery,
  metricsQuery,
  parsedQuery,
  rolloutQuery,
} from './queries.ts';
import type { RunList } from './run-list.ts';

/** Time that a list of rollouts waits for the index before it answers with the rollouts so far. */
const INDEX_PATIENCE_MS = 150;

/** Adds the routes below `/api`. */
export function addRoutes(app: FastifyInstance, runs: RunList, events: EventStream): void {
  app.get('/api/runs', async () => (await runs.all()).map((run) => run.summary()));

  app.get('/api/events', (_request, reply) => {
    reply.hijack();
    events.add(reply.raw);
  });

  app.get<ById>('/api/runs/:id/metrics', async ({ params, query }) => {
    const { after } = parsedQuery(metricsQuery, query);
    const run = runs.get(params.id);
    await run.refresh();
    return run.metrics.page(after);
  });

  app.get<ById>('/api/runs/:id/config', async ({ params }) => ({
    text: runs.get(params.id).config.text,
  }));

  app.get<ById>('/api/runs/:id/rollouts', async ({ params, query }) => {
    const { offset, limit, descending, ...filter } = parsedQuery(rolloutQuery, query);
    const run = runs.get(params.id);
    const patience = new Promise((resolve) => setTimeout(resolve, INDEX_PATIENCE_MS));
    await Promise.race([run.index(), patience]);
    const asked = { ...filter, descending: descending !== undefined };
    return run.rolloutPage(asked, offset, Math.min(limit, MOST_ROWS));
  });

  app.get<ByRow>('/api/runs/:id/rollouts/:row', async ({ params }) => {
    const run = runs.get(params.id);
    const row = Number(params.row);
    if (row >= run.rollouts.count) await run.index();
    const group = await run.group(row);
    if (group === undefined) throw noRollout(params.row);
    return group;
  });

  addMediaRoutes(app, runs, keptOf);

  app.get<ById>('/api/runs/:id/evaluation', async ({ params, query }) => {
    const { key, limit, ...filter } = parsedQuery(itemQuery, query);
    return evaluationView(keptOf(params.id, key), { ...filter, limit: Math.min(limit, MOST_ROWS) });
  });

  app.get('/api/compare/evaluations', async ({ query }) => {
    const asked = parsedQuery(comparisonQuery, query);
    const first = keptOf(asked.first, asked.firstKey);
    return compareKept(first, keptOf(asked.second, asked.secondKey), asked.scorer);
  });

  app.get('/api/compare/configs', async ({ query }) => {
    const { first, second } = parsedQuery(configsQuery, query);
    return configDifferences(runs.get(first).config.text, runs.get(second).config.text);
  });

  /** Reads a listed evaluation of a run: an unknown key of a request never becomes a path. */
  function keptOf(id: string, key: string): KeptEvaluation {
    const { folder, kind } = runs.get(id).found;
    if (!evaluationsIn(folder, kind).some((one) => one.key === key)) {
      throw new LociError('no-evaluation', 'There is no such evaluation');
    }
    return readKept(folder, key);
  }
}

interface ById {
  readonly Params: { readonly id: string };
}
interface ByRow {
  readonly Params: ById['Params'] & { readonly row: string };
}
function noRollout(row: string): HttpProblem {
  return new HttpProblem(404, 'no-rollout', `There is no rollout ${row}`);
}
