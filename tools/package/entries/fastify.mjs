// What our servers import of fastify, which is a CommonJS module, by name.
import library from 'fastify';

export const fastify = library.fastify;
