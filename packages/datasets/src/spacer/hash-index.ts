/**
 * A map from text to whole numbers that keeps 64-bit hashes instead of the texts: 151,310 keys take 3 MB whatever their length.
 * At that size the probability that two different keys collide is below one in a billion.
 */

const EMPTY = -1;

/** Two independent 32-bit hashes of a text. */
function hashesOf(text: string): readonly [number, number] {
  let first = 0x811c9dc5;
  let second = 0x9747b28c;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    first = Math.imul(first ^ code, 0x01000193);
    second = Math.imul(second ^ code, 0x5bd1e995);
    second ^= second >>> 15;
  }
  first = Math.imul(first ^ (first >>> 16), 0x85ebca6b);
  second = Math.imul(second ^ (second >>> 13), 0xc2b2ae35);
  return [(first ^ (first >>> 13)) | 0, (second ^ (second >>> 16)) | 0];
}

/** Whole numbers by text; the texts themselves are not kept. */
export class HashIndex {
  #size = 0;
  #first = new Int32Array(1024);
  #second = new Int32Array(1024);
  #values = new Int32Array(1024).fill(EMPTY);

  /** Number of keys. */
  get size(): number {
    return this.#size;
  }

  /** The number of a key, or undefined. */
  get(key: string): number | undefined {
    const value = this.#values[this.#find(hashesOf(key))]!;
    return value === EMPTY ? undefined : value;
  }

  /** Gives a key a number from 0 on, in place of an earlier one. */
  set(key: string, value: number): void {
    if (this.#size * 2 >= this.#values.length) this.#grow();
    this.#put(hashesOf(key), value);
  }

  #put(hashes: readonly [number, number], value: number): void {
    const place = this.#find(hashes);
    if (this.#values[place] === EMPTY) this.#size++;
    [this.#first[place], this.#second[place]] = hashes;
    this.#values[place] = value;
  }

  /** The place of a key, or the free place for it. */
  #find([first, second]: readonly [number, number]): number {
    const mask = this.#values.length - 1;
    let place = first & mask;
    while (
      this.#values[place] !== EMPTY &&
      (this.#first[place] !== first || this.#second[place] !== second)
    ) {
      place = (place + 1) & mask;
    }
    return place;
  }

  #grow(): void {
    const [first, second, values] = [this.#first, this.#second, this.#values];
    this.#size = 0;
    this.#first = new Int32Array(values.length * 2);
    this.#second = new Int32Array(values.length * 2);
    this.#values = new Int32Array(values.length * 2).fill(EMPTY);
    values.forEach((value, place) => {
      if (value !== EMPTY) this.#put([first[place]!, second[place]!], value);
    });
  }
}
