/** A binary heap: the smallest first. Of equal ones, in any order. */
export class Heap<T> {
  readonly #items: T[] = [];
  /** Of the items, in the same places: asked for once. */
  readonly #weights: number[] = [];
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
    const weights = this.#weights;
    const weight = this.#weight(item);
    let at = weights.length;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if ((weights[up] as number) <= weight) break;
      this.#move(up, at);
      at = up;
    }
    this.#items[at] = item;
    weights[at] = weight;
  }

  pop(): T | undefined {
    const [items, weights] = [this.#items, this.#weights];
    const first = items[0];
    const last = items.pop();
    const weight = weights.pop();
    if (last === undefined || weight === undefined || items.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && (weights[child + 1] as number) < (weights[child] as number)) child++;
      if ((weights[child] as number) >= weight) break;
      this.#move(child, at);
      at = child;
    }
    items[at] = last;
    weights[at] = weight;
    return first;
  }

  #move(from: number, to: number): void {
    this.#items[to] = this.#items[from] as T;
    this.#weights[to] = this.#weights[from] as number;
  }
}
