import type * as Mediabunny from 'mediabunny';

let loaded: Promise<typeof Mediabunny> | undefined;

/** Loads Mediabunny with the FFmpeg of its server package, on the first video because it takes a moment. */
export async function loadMediabunny(): Promise<typeof Mediabunny> {
  loaded ??= (async () => {
    // One after the other: the second loads the third.
    const mediabunny = await import('mediabunny');
    const server = await import('@mediabunny/server');
    const ffmpeg = await import('node-av');
    // Otherwise FFmpeg probes for graphics hardware and logs its failures to stderr.
    server.registerMediabunnyServer({ hardwareContext: null });
    // Their log lines do not name the file; our error about a missing frame does.
    ffmpeg.Log.setLevel(ffmpeg.AV_LOG_QUIET);
    mediabunny.Logging.level = mediabunny.LogLevel.Silent;
    return mediabunny;
  })();
  return loaded;
}
