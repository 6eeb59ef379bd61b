import type { Item, Key } from '../../core/types.ts';
import { nameOfKey } from '../../core/writes.ts';

/**
 * The most recently used items of a table that this process holds alone, those known to be absent included. Items are
 * handed out as they are: nobody may change one.
 *
 * Two generations: what is used moves into the young one; when that is full the old one is forgotten.
 */
export class ItemCache {
  readonly #generation: number;
  #young = new Map<string, Item | null>();
  #old = new Map<string, Item | null>();

  /** @param limit how many items stay at most. */
  constructor(limit: number) {
    this.#generation = Math.floor(limit / 2);
  }

  /** The item; null where it is known to be absent; undefined where nothing is known. */
  get(key: Key): Item | null | undefined {
    const name = nameOfKey(key);
    const item = this.#young.get(name);
    if (item !== undefined) return item;
    const aged = this.#old.get(name);
    if (aged !== undefined) this.#keep(name, aged);
    return aged;
  }

  set(key: Key, item: Item | null): void {
    this.#keep(nameOfKey(key), item);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }

  #keep(name: string, item: Item | null): void {
    if (this.#generation === 0) return;
    if (this.#young.size >= this.#generation) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(name, item);
  }
}
