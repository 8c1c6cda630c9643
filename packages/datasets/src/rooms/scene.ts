/** The words of a furnished room: what stands where, in metres, and how the room looks. Generation is in generate-room.ts. */
import type { CameraPath } from './camera.ts';
import type { Colour } from './catalogue.ts';

/**
 * A piece as it stands in the room. The origin is the centre of the floor; x grows to the right and y to the front as
 * the camera enters, z upwards. All lengths are in metres, rounded to the centimetre.
 */
export interface PlacedPiece {
  /** Its category, a key of `FURNITURE` or `DECOR`. */
  readonly category: string;
  readonly centre: readonly [x: number, y: number];
  /** Extent along x, y and z as it stands, that is, after turning. */
  readonly size: readonly [x: number, y: number, z: number];
  /** Height of its lower edge above the floor. */
  readonly elevation: number;
  /** Quarter turns to the left; unturned it faces the camera's wall. */
  readonly turn: 0 | 1 | 2 | 3;
  /** Brightness of its colour, around 1. */
  readonly tone: number;
}

/** How the camera of a room gets to see one object, measured on 16 small frames with everything else in the way. */
export interface Sighting {
  /** When enough of it is in view for the first time, in sixteenths of the clip, 0…15; absent when it never is. */
  readonly firstSeen?: number;
  /** Greatest share of a frame that it fills, 0…1. */
  readonly largestShare: number;
}

/** A piece of furniture that can be asked about. */
export interface RoomObject extends PlacedPiece {
  readonly sighting: Sighting;
}

/** How floor, walls and light look. */
export interface RoomLook {
  readonly floor: 'checker' | 'planks' | 'tiles';
  /** Side of a floor square or width of a plank, in metres. */
  readonly floorPitchM: number;
  readonly floorColour: Colour;
  /** West, east, south and north. */
  readonly wallColours: readonly [Colour, Colour, Colour, Colour];
  readonly wallPattern: 'plain' | 'stripes' | 'wainscot';
  /** Unit vector towards the light. */
  readonly light: readonly [number, number, number];
  /** Brightness of everything, around 1. */
  readonly brightness: number;
}

/** Which way the camera goes. */
export interface RoomCamera {
  readonly path: CameraPath;
  /** The path is mirrored left to right. */
  readonly mirrored: boolean;
}

/** A furnished room with the camera that films it. It depends on nothing but its seed and the options. */
export interface RoomScene {
  readonly seed: number;
  /** Extent along x and y and the height of the ceiling, in metres; the floor plan is rounded to 0.1 m. */
  readonly size: readonly [width: number, depth: number, height: number];
  readonly objects: readonly RoomObject[];
  readonly decor: readonly PlacedPiece[];
  readonly look: RoomLook;
  readonly camera: RoomCamera;
}
