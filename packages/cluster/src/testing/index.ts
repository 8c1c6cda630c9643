/** `@loci/cluster/testing`: a fake Ray head, and stand-ins for the programs of a cluster. */
export * from './fake-ray.ts';
export * from './stand-in.ts';
