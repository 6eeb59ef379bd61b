/** All chance of a run comes from its seed. */
import type { Randomness } from '../../../core/ports.ts';

/** Numbers that look random, the same for the same seed: sfc32 (Chris Doty-Humphrey, PractRand), seeded by SplitMix32. */
export class Chance implements Randomness {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  #ids = 0;
  readonly #name: string;

  constructor(seed: number, name = '') {
    this.#name = name;
    let state = seed >>> 0;
    for (const letter of name) state = Math.imul(state ^ letter.charCodeAt(0), 0x01000193) >>> 0;
    const next = () => {
      state = (state + 0x9e3779b9) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
      mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
      return (mixed ^ (mixed >>> 15)) >>> 0;
    };
    [this.#a, this.#b, this.#c] = [next(), next(), next()];
    for (let warm = 0; warm < 12; warm++) this.fraction();
  }

  /** In [0, 1). */
  fraction(): number {
    const sum = (this.#a + this.#b + this.#counter++) >>> 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) >>> 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) >>> 0;
    return sum / 2 ** 32;
  }

  /** For the engine: not unguessable here, but never twice the same. */
  id(): string {
    return `${this.#name}${++this.#ids}`;
  }

  /** In [from, to). */
  between(from: number, to: number): number {
    return from + this.fraction() * (to - from);
  }

  /** A whole number from `from` to `to`, both included. */
  whole(from: number, to: number): number {
    return Math.floor(this.between(from, to + 1));
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(list: readonly [T, ...T[]]): T {
    return list[Math.floor(this.fraction() * list.length)] ?? list[0];
  }
}
