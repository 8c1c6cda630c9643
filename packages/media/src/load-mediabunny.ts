import type * as Mediabunny from 'mediabunny';

let loaded: Promise<typeof Mediabunny> | undefined;

/** Mediabunny with the FFmpeg of its server package. Loading takes a moment, so the first video does it. */
export async function loadMediabunny(): Promise<typeof Mediabunny> {
  loaded ??= (async () => {
    // One after the other: the second loads the third.
    const mediabunny = await import('mediabunny');
    const server = await import('@mediabunny/server');
    const ffmpeg = await import('node-av');
    // Without this FFmpeg probes for graphics hardware and writes what it misses to stderr.
    server.registerMediabunnyServer({ hardwareContext: null });
    // What they complain of does not name the file; a frame that does not come out is an error that does.
    ffmpeg.Log.setLevel(ffmpeg.AV_LOG_QUIET);
    mediabunny.Logging.level = mediabunny.LogLevel.Silent;
    return mediabunny;
  })();
  return loaded;
}
