/** What a login waits at. Each serves in order of arrival, and must be asked in order of time. */
import { Heap } from './heap.ts';

// Under jest each look at a global costs more than the service.
const { max } = Math;

export interface Server {
  /**
   * @param amount units, or seconds of a hold.
   * @returns when the service begins, and when it is over.
   */
  serve(now: number, amount: number): { begin: number; end: number };
}

/** So many at once, each for as long as it is asked for; the rest wait. */
export class Slots implements Server {
  readonly #count: number;
  readonly #ends = new Heap<number>((end) => end);

  /** @param count may be `Infinity`: then nobody waits. */
  constructor(count: number) {
    this.#count = count;
  }

  serve(now: number, hold: number) {
    this.#release(now);
    const begin = this.#ends.size < this.#count ? now : max(now, this.#ends.pop() ?? now);
    this.#ends.push(begin + hold);
    return { begin, end: begin + hold };
  }

  /** How many are taken. */
  busy(now: number): number {
    this.#release(now);
    return this.#ends.size;
  }

  #release(now: number): void {
    for (let end = this.#ends.peek(); end !== undefined && end <= now; end = this.#ends.peek())
      this.#ends.pop();
  }
}

/** So many units a second, evenly: a bucket of tokens that holds none in advance. */
export class Rate implements Server {
  readonly #unitsPerSecond: number;
  #free = 0;

  constructor(unitsPerSecond: number) {
    this.#unitsPerSecond = unitsPerSecond;
  }

  serve(now: number, units: number) {
    const begin = max(now, this.#free);
    this.#free = begin + units / this.#unitsPerSecond;
    return { begin, end: this.#free };
  }
}

/** Several of the same, one of which is drawn for each: the hash of a key draws a partition, a shard, a lane. */
export class Spread implements Server {
  readonly #parts: readonly Server[];
  readonly #draw: (count: number) => number;

  constructor(parts: readonly Server[], draw: (count: number) => number) {
    this.#parts = parts;
    this.#draw = draw;
  }

  serve(now: number, amount: number) {
    const part = this.#parts[this.#draw(this.#parts.length)];
    if (!part) throw new Error('nothing to draw from');
    return part.serve(now, amount);
  }
}

/** One batch after the other: who comes while one is under way goes with the next, as far as there is room. */
export class Lane implements Server {
  readonly #room: number;
  #begin = Number.NEGATIVE_INFINITY;
  #end = Number.NEGATIVE_INFINITY;
  #taken = 0;

  constructor(room: number) {
    this.#room = room;
  }

  serve(now: number, hold: number) {
    const open = this.#begin > now && this.#taken < this.#room;
    if (!open) {
      this.#begin = max(now, this.#end);
      this.#end = this.#begin + hold;
      this.#taken = 0;
    }
    this.#taken++;
    return { begin: this.#begin, end: this.#end };
  }
}
