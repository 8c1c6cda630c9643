/** The entry of `@loci/core`: its exports, which plugins from outside are given as their `@loci/core` as well. */
// tsyringe refuses to load without it.
import 'reflect-metadata';
import { offerModule } from './plugin/offered-modules.ts';
import * as core from './public.ts';

offerModule('@loci/core', core);

export * from './public.ts';
