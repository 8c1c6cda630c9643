/** A medium of a prompt: the video where the browser can play it, else its frames. */
import { useEffect, useState } from 'preact/hooks';
import type { MediumView } from '../../src/wire/wire.ts';
import { useFetched } from '../data/fetching.ts';

/** A video or a picture at an address of the server. */
export function Medium({
  address,
  medium,
}: {
  readonly address: string;
  readonly medium: MediumView;
}) {
  const [isPlayable, setPlayable] = useState(
    medium.kind === 'video' && medium.second === undefined,
  );
  useEffect(() => {
    setPlayable(medium.kind === 'video' && medium.second === undefined);
  }, [address]);
  const name = medium.second === undefined ? medium.name : `${medium.name} at ${medium.second} s`;
  return (
    <figure class="medium">
      <figcaption>{name}</figcaption>
      {isPlayable ? (
        <>
          <video
            key={address}
            src={address}
            controls
            loop
            muted
            playsInline
            preload="metadata"
            aria-label={`Video ${medium.name}`}
            onError={() => setPlayable(false)}
          />
          <button type="button" class="plain" onClick={() => setPlayable(false)}>
            Show frames
          </button>
        </>
      ) : (
        <Frames address={address} name={name} />
      )}
    </figure>
  );
}

function Frames({ address, name }: { readonly address: string; readonly name: string }) {
  const { value, problem } = useFetched<{ readonly frames: number }>(`${address}/frames`);
  if (problem !== undefined) return <p class="problem">{problem}</p>;
  return (
    <div class="frames">
      {Array.from({ length: value?.frames ?? 0 }, (_, index) => (
        <img key={index} src={`${address}/frames/${index}`} alt={`Frame ${index + 1} of ${name}`} />
      ))}
    </div>
  );
}
