/** Names of instances, the newest of them: in memory, and bounded. */

/**
 * Names with the instant of their newest transition; the newest stay, and for a while up to as many more. What is told as it happens comes in order. What was there
 * before is found in any order, and is kept apart, so that the first costs no more than an update of a map.
 */
export class Newest {
  readonly #limit: number;
  readonly #told = new Map<string, string>();
  #found = new Map<string, string>();
  /** Whether any was left out for lack of room. */
  isCut = false;

  /** @param limit how many are kept. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** What has just happened. */
  tell(name: string, at: string): void {
    this.delete(name);
    this.#told.set(name, at);
    // Not with each: a map that loses its first name takes its time to find the next.
    if (this.#told.size <= 2 * this.#limit) return;
    for (const oldest of this.#told.keys()) {
      if (this.#told.size <= this.#limit) break;
      this.#told.delete(oldest);
    }
    this.isCut = true;
  }

  /** What was there before. What has been told since is newer. */
  find(name: string, at: string): void {
    if (this.#told.has(name)) return;
    this.#found.set(name, at);
    // Not with each: sorting takes its time.
    if (this.#found.size <= 2 * this.#limit) return;
    this.#found = new Map(newestFirst([...this.#found]).slice(0, this.#limit));
    this.isCut = true;
  }

  delete(name: string): void {
    this.#told.delete(name);
    if (this.#found.size > 0) this.#found.delete(name);
  }

  has(name: string): boolean {
    return this.#told.has(name) || this.#found.has(name);
  }

  /** All that is kept, the newest first. */
  list(): Named[] {
    return newestFirst([...this.#told, ...this.#found]).slice(0, this.#limit);
  }
}

/** A name, and an instant (ISO 8601 UTC). */
export type Named = [name: string, at: string];

/** The same list, sorted. */
export const newestFirst = (all: Named[]): Named[] =>
  all.sort(([, one], [, other]) => (one < other ? 1 : one > other ? -1 : 0));
