/** A binary heap: the smallest first. Of equal ones, in any order. */
export class Heap<T> {
  readonly #items: T[] = [];
  readonly #weight: (item: T) => number;

  constructor(weight: (item: T) => number) {
    this.#weight = weight;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    const items = this.#items;
    const weight = this.#weight(item);
    let at = items.length;
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = items[up] as T;
      if (this.#weight(parent) <= weight) break;
      items[at] = parent;
      at = up;
    }
    items[at] = item;
  }

  pop(): T | undefined {
    const items = this.#items;
    const first = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return first;
    const weight = this.#weight(last);
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      const right = child + 1;
      if (right < items.length && this.#weight(items[right] as T) < this.#weight(items[child] as T))
        child = right;
      if (this.#weight(items[child] as T) >= weight) break;
      items[at] = items[child] as T;
      at = child;
    }
    items[at] = last;
    return first;
  }
}
