export * from './model/config.ts';
export * from './model/positions.ts';
export * from './model/safetensors.ts';
