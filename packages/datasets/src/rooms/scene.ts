/** The types of a furnished room: its pieces with their places in meters, and its look. `generate-room.ts` makes rooms. */
import type { CameraPath } from './camera.ts';
import type { Color } from './catalogue.ts';

/**
 * A piece in the room. The origin is the center of the floor; x grows to the right and y to the front as
 * the camera enters, z upwards. All lengths are in meters, rounded to the centimeter.
 */
export interface PlacedPiece {
  /** Its category, a key of `FURNITURE` or `DECOR`. */
  readonly category: string;
  readonly centre: readonly [x: number, y: number];
  /** Extent along x, y and z, after turning. */
  readonly size: readonly [x: number, y: number, z: number];
  /** Height of its lower edge above the floor. */
  readonly elevation: number;
  /** Quarter turns to the left; unturned it faces the camera's wall. */
  readonly turn: 0 | 1 | 2 | 3;
  /** Brightness of its color, around 1. */
  readonly tone: number;
}

/** How the camera of a room sees one object, measured on 16 small frames in which other pieces hide it. */
export interface Sighting {
  /** When enough of it is in view for the first time, in sixteenths of the clip, 0…15; absent when it never is. */
  readonly firstSeen?: number;
  /** Greatest share of a frame that it fills, 0…1. */
  readonly largestShare: number;
}

/** A piece of furniture, which questions can be about. */
export interface RoomObject extends PlacedPiece {
  readonly sighting: Sighting;
}

/** How floor, walls and light look. */
export interface RoomLook {
  readonly floor: 'checker' | 'planks' | 'tiles';
  /** Side of a floor square or width of a plank, in meters. */
  readonly floorPitchM: number;
  readonly floorColour: Color;
  /** West, east, south and north. */
  readonly wallColours: readonly [Color, Color, Color, Color];
  readonly wallPattern: 'plain' | 'stripes' | 'wainscot';
  /** Unit vector towards the light. */
  readonly light: readonly [number, number, number];
  /** Brightness of everything, around 1. */
  readonly brightness: number;
}

/** The path of the camera. */
export interface RoomCamera {
  readonly path: CameraPath;
  /** The path is mirrored left to right. */
  readonly mirrored: boolean;
}

/** A furnished room with the camera that films it. It depends only on its seed and the options. */
export interface RoomScene {
  readonly seed: number;
  /** Extent along x and y and the height of the ceiling, in meters; the floor plan is rounded to 0.1 m. */
  readonly size: readonly [width: number, depth: number, height: number];
  readonly objects: readonly RoomObject[];
  readonly decor: readonly PlacedPiece[];
  readonly look: RoomLook;
  readonly camera: RoomCamera;
}
