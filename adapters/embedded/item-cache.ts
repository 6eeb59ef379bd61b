import type { Item, Key } from '../../core/types.ts';
import { nameOfKey } from '../../core/writes.ts';

/**
 * The most recently used items of a table that this process holds alone, those known to be absent included. Items are
 * handed out as they are: nobody may change one.
 */
export class ItemCache {
  readonly #limit: number;
  readonly #items = new Map<string, Item | null>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The item; null where it is known to be absent; undefined where nothing is known. */
  get(key: Key): Item | null | undefined {
    const name = nameOfKey(key);
    const item = this.#items.get(name);
    if (item !== undefined) {
      this.#items.delete(name);
      this.#items.set(name, item);
    }
    return item;
  }

  set(key: Key, item: Item | null): void {
    const name = nameOfKey(key);
    this.#items.delete(name);
    this.#items.set(name, item);
    if (this.#items.size <= this.#limit) return;
    const [oldest] = this.#items.keys();
    if (oldest !== undefined) this.#items.delete(oldest);
  }

  clear(): void {
    this.#items.clear();
  }
}
