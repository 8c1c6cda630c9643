/** Shows the server's drawing of a map in another form than SpaceR's. */

interface SceneDrawingProps {
  /** Address of the picture; absent where there is no map. */
  readonly drawing: string | undefined;
  readonly title: string;
}

/** The picture with its title. */
export function SceneDrawing({ drawing, title }: SceneDrawingProps) {
  return (
    <figure class="map">
      <figcaption>{drawing === undefined ? `${title}: none` : title}</figcaption>
      {drawing !== undefined && <img src={drawing} alt={title} width="220" height="220" />}
    </figure>
  );
}
