/** The index of what waits for time, as a database on other machines keeps it: told of every change some time after it. */
import type { DuePage, StoredItem } from '../../../core/ports.ts';
import type { Key } from '../../../core/types.ts';
import type { Chance } from './chance.ts';
import type { Surroundings } from './surroundings.ts';

interface Place {
  key: Key;
  at: string;
}

export class LateIndex {
  readonly #around: Surroundings;
  readonly #chance: Chance;
  readonly #known = new Map<string, { key: Key; at: string | undefined; change: number }>();
  #changes = 0;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#chance = around.chance('index');
  }

  follow(changes: StoredItem[]): void {
    for (const { key, item } of changes) {
      if (key.table !== 'flows') continue;
      const at = typeof item['dueAt'] === 'string' ? item['dueAt'] : undefined;
      void this.#learn(key, at, ++this.#changes);
    }
  }

  /** Late, and where two changes overtake each other, the newer one stays. */
  async #learn(key: Key, at: string | undefined, change: number): Promise<void> {
    if (this.#around.strikes('index-late', 'index', key.pk)) await this.#around.pause(30_000);
    else await this.#around.delay(5, 500);
    const name = `${key.pk}/${key.sk}`;
    if ((this.#known.get(name)?.change ?? 0) < change) this.#known.set(name, { key, at, change });
  }

  page(before: string, { limit, after }: { limit: number; after?: string }): DuePage {
    const all = [...this.#known.values()];
    const due = all
      .filter((place): place is Place & { change: number } => place.at !== undefined && place.at <= before)
      .map(({ key, at }) => ({ key, place: `${at} ${key.pk} ${key.sk}` }))
      .sort((one, other) => (one.place < other.place ? -1 : 1))
      .filter(({ place }) => after === undefined || place > after);
    const page = due.slice(0, limit);
    const keys = page.map(({ key }) => key);
    const last = due.length > limit ? page.at(-1) : undefined;
    return { keys: [...keys, ...this.#wrong(keys)], ...(last && { next: last.place }) };
  }

  /** Some that are not due, or no longer. */
  #wrong(page: Key[]): Key[] {
    if (!this.#around.strikes('index-wrong', 'index')) return [];
    const rest = [...this.#known.values()].filter(({ key }) => !page.includes(key));
    return rest.filter(() => this.#chance.chance(1 / 3)).map(({ key }) => key);
  }
}
