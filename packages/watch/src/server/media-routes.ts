/** Serves the media of rollouts and of evaluation items, whole and as frames, and no other files. */
import { readPlaces, relocated } from '@loci/core';
import type { MediaReference } from '@loci/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { KeptEvaluation } from '../runs/evaluation-view.ts';
import { strip } from './frames.ts';
import { HttpProblem } from './http-problem.ts';
import { sendMedia } from './media-file.ts';
import type { RunList } from './run-list.ts';

/**
 * Adds the routes of media.
 *
 * @param keptOf reads an evaluation of a run.
 */
export function addMediaRoutes(
  app: FastifyInstance,
  runs: RunList,
  keptOf: (id: string, key: string) => KeptEvaluation,
): void {
  addRoutesOf<OfRollout>(app, '/api/runs/:id/rollouts/:row', async ({ id, row, number }) => {
    const run = runs.get(id);
    if (Number(row) >= run.rollouts.count) await run.index();
    const medium = await run.medium(Number(row), Number(number));
    if (medium !== undefined) return medium;
    throw noMedium('rollout', row);
  });

  addRoutesOf<OfItem>(
    app,
    '/api/runs/:id/evaluation/:key/items/:row',
    async ({ id, key, row, number }) => {
      const { folder } = runs.get(id).found;
      const medium = keptOf(id, key).rows[Number(row)]?.media?.[Number(number)];
      if (medium === undefined) throw noMedium('item', row);
      return { ...medium, path: relocated(medium.path, folder, readPlaces(folder)) };
    },
  );
}

interface OfRollout {
  readonly id: string;
  readonly row: string;
  readonly number: string;
  readonly frame: string;
}
interface OfItem extends OfRollout {
  readonly key: string;
}

/** The medium itself, the number of its frames, and each of them. */
function addRoutesOf<Params extends OfRollout>(
  app: FastifyInstance,
  base: string,
  mediumOf: (params: Params) => Promise<MediaReference>,
): void {
  const address = `${base}/media/:number`;
  const found = ({ params }: FastifyRequest): Promise<MediaReference> => mediumOf(params as Params);
  app.get(address, async (request, reply) =>
    sendMedia(reply, (await found(request)).path, request.headers.range),
  );
  app.get(`${address}/frames`, async (request) => ({
    frames: (await strip(await found(request))).length,
  }));
  app.get(`${address}/frames/:frame`, async (request, reply) => {
    const { frame } = request.params as Params;
    const jpeg = (await strip(await found(request)))[Number(frame)];
    if (jpeg === undefined) throw new HttpProblem(404, 'no-frame', 'There is no such frame');
    return reply.type('image/jpeg').send(jpeg);
  });
}

function noMedium(what: string, row: string): HttpProblem {
  return new HttpProblem(
    404,
    `no-${what}`,
    `There is no ${what} ${row}, or it names no such medium`,
  );
}
