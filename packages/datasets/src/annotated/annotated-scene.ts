/** An annotated scene, whatever file it came from: boxes, the video, and perhaps the path of the camera. */
import type { DatasetProblem } from '@loci/core';
import type { OrientedBox, Vector3 } from './oriented-box.ts';

/** A named thing. */
export interface AnnotatedObject {
  /** Lower case, words separated by single spaces. */
  readonly category: string;
  readonly box: OrientedBox;
}

/** Position and direction of the camera at one time. */
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

/** One scene. Lengths are in meters; z is up. */
export interface AnnotatedScene {
  /** Letters, digits, dots, hyphens and underscores; also the name of its video without the extension. */
  readonly id: string;
  /** The collection of the scene; statistics are broken down by it. */
  readonly source: string;
  /** Absolute path. */
  readonly video: string;
  /** Floor area, where it is known. */
  readonly areaM2?: number;
  readonly objects: readonly AnnotatedObject[];
  /** Things that only hide others: no question is about them. */
  readonly occluders: readonly OrientedBox[];
  readonly camera?: CameraTrack;
}

/** The usable scenes of a file, and the faults of the others. */
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

/** Allowed ids of scenes: an id becomes the name of a file. */
export const SCENE_ID = /^\w[\w.-]*$/u;
