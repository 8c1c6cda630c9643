/** `@loci/cluster/testing`: a Ray head of ours, and stand-ins for what runs on a cluster. */
export * from './fake-ray.ts';
export * from './stand-in.ts';
