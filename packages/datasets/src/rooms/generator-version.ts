/**
 * The version of what a seed stands for: rooms, their films' geometry and their questions. It goes up whenever the same seed and
 * options give another room or question, so that a recipe that names it can be refused instead of quietly making something else.
 * A test holds a digest of rooms and questions against it.
 */

/** Version of `generateRoom`, `askScene` and `roomSeries` taken together. */
export const ROOM_GENERATOR = 'rooms-1';
