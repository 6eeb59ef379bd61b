/** How long after its commit something is on the disk for good, in ms. Any commit with an fsync before does it. */
const SOON_MS = 5;
/** While the disk takes none, it is asked ever more rarely. */
const LONGEST_MS = 1_000;

/** Sees to an fsync for what was committed without one. */
export class Soon {
  readonly #sync: () => void;
  #timer: NodeJS.Timeout | undefined;

  /** @param sync makes an fsync; throws where the disk takes none. */
  constructor(sync: () => void) {
    this.#sync = sync;
  }

  /** Something waits for an fsync. */
  due(pause = SOON_MS): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      try {
        this.#sync();
      } catch {
        // Whoever writes meanwhile is told the same.
        this.due(Math.min(2 * pause, LONGEST_MS));
      }
    }, pause).unref();
  }

  /** An fsync has been made: nothing waits for one any more. */
  done(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
