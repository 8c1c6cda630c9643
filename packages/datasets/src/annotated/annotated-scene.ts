/** A scene as its annotation tells it, whatever file it came from: boxes, the video, perhaps the camera's way. */
import type { DatasetProblem } from '@loci/core';
import type { OrientedBox, Vector3 } from './oriented-box.ts';

/** A named thing. */
export interface AnnotatedObject {
  /** Lower case, words apart by single spaces. */
  readonly category: string;
  readonly box: OrientedBox;
}

/** Where the camera was at some time, and which way it looked. */
export interface CameraPose {
  /** From the start of the video. */
  readonly seconds: number;
  readonly eye: Vector3;
  /** To the right of the picture, downwards in it, and into it: unit vectors at right angles. */
  readonly axes: readonly [right: Vector3, down: Vector3, forward: Vector3];
}

/** A pinhole camera (in pixels) on its way through a scene. */
export interface CameraTrack {
  readonly width: number;
  readonly height: number;
  readonly focal: readonly [x: number, y: number];
  readonly centre: readonly [x: number, y: number];
  /** At least one, in the order of time. */
  readonly poses: readonly CameraPose[];
  /** Length of the video. */
  readonly seconds: number;
}

/** One scene. Lengths are in metres; z is up. */
export interface AnnotatedScene {
  /** Letters, digits, dots, hyphens and underscores; also the name of its video without the extension. */
  readonly id: string;
  /** The collection that it is of; statistics are broken down by it. */
  readonly source: string;
  /** Absolute path. */
  readonly video: string;
  /** Floor area, where it is known. */
  readonly areaM2?: number;
  readonly objects: readonly AnnotatedObject[];
  /** What nothing is asked about but hides what is behind it. */
  readonly occluders: readonly OrientedBox[];
  readonly camera?: CameraTrack;
}

/** The scenes of a file that can be used, and what is wrong with the others. */
export interface ReadScenes {
  readonly scenes: readonly AnnotatedScene[];
  readonly problems: readonly DatasetProblem[];
}

/** `Trash_Can ` is `trash can`: map and question name things as people and models write them. */
export function categoryName(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/gu, ' ');
}

/** What the name of a scene may consist of: it becomes the name of a file. */
export const SCENE_ID = /^\w[\w.-]*$/u;
