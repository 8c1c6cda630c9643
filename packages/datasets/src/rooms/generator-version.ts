/**
 * The version of the generator of rooms, of their films' geometry and of their questions. It goes up whenever the same seed and
 * options give another room or question, so that a recipe that names another version fails instead of making other rooms.
 * A test compares a digest of rooms and questions with it.
 */

/** Version of `generateRoom`, `askScene` and `roomSeries` taken together. */
export const ROOM_GENERATOR = 'rooms-5';
