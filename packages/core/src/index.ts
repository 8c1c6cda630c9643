/** The entry of `@loci/core`: its exports, which plugins from outside get as their `@loci/core` too. */
// tsyringe refuses to load without it.
import 'reflect-metadata';
import { offerModule, offerOnDemand } from './plugin/offered-modules.ts';
import * as core from './public.ts';

offerModule('@loci/core', core);
offerOnDemand('@loci/core/testing', () => import('./testing/index.ts'));

export * from './public.ts';
