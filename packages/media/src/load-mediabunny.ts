import type * as Mediabunny from 'mediabunny';

let loaded: Promise<typeof Mediabunny> | undefined;

/** Mediabunny with the FFmpeg of its server package. Loading takes a moment, so the first video does it. */
export async function loadMediabunny(): Promise<typeof Mediabunny> {
  loaded ??= (async () => {
    const [mediabunny, server] = await Promise.all([
      import('mediabunny'),
      import('@mediabunny/server'),
    ]);
    // Without this FFmpeg probes for graphics hardware and writes what it misses to stderr.
    server.registerMediabunnyServer({ hardwareContext: null });
    mediabunny.Logging.level = mediabunny.LogLevel.Silent;
    return mediabunny;
  })();
  return loaded;
}
