/** How one process sees the storage: with a delay, and with all that can go wrong on the way. */
import { DetentError } from '../../../core/errors.ts';
import type {
  ChangeFeed,
  DuePage,
  ReadOptions,
  StoredItem,
  Table,
  TransactOptions,
  TransactOutcome,
} from '../../../core/ports.ts';
import type { Item, Key, Write } from '../../../core/types.ts';
import { nameOfKey } from '../../../core/writes.ts';
import type { Chance } from './chance.ts';
import type { LateIndex } from './late-index.ts';
import type { Process } from './process.ts';
import { LAG_MS, type Storage } from './storage.ts';
import type { Surroundings } from './surroundings.ts';

/** A data file in the same process: it fails only where the disk does, and groups what is written at the same time. */
export class FileView implements Table, ChangeFeed {
  readonly #around: Surroundings;
  readonly #storage: Storage;
  readonly #process: Process;
  #group: (() => void)[] = [];

  constructor(around: Surroundings, storage: Storage, process: Process) {
    [this.#around, this.#storage, this.#process] = [around, storage, process];
  }

  async read(key: Key): Promise<Item | undefined> {
    await this.#around.delay(0, 1, this.#process);
    return this.#storage.table.read(key);
  }

  async query(table: string, pk: string, prefix: string): Promise<StoredItem[]> {
    await this.#around.delay(0, 1, this.#process);
    return this.#storage.table.query(table, pk, prefix);
  }

  async due(table: string, before: string, page: { limit: number; after?: string }): Promise<DuePage> {
    await this.#around.delay(0, 1, this.#process);
    return this.#storage.table.due(table, before, page);
  }

  async transact(writes: Write[], options?: TransactOptions): Promise<TransactOutcome> {
    const turn = new Promise<void>((go) => this.#group.push(go));
    if (this.#group.length === 1) void this.#flush();
    await turn;
    const outcome = await this.#storage.commit(writes, this.#process.name, options);
    await this.#around.delay(0, 1, this.#process);
    return outcome;
  }

  subscribe(listener: (changes: StoredItem[]) => void): () => void {
    return this.#storage.table.subscribe(listener);
  }

  /** All that came meanwhile go in the same turn, and so into one commit. */
  async #flush(): Promise<void> {
    await this.#around.delay(0, 5, this.#process);
    const group = this.#group;
    this.#group = [];
    for (const go of group) go();
  }
}

/** A database behind a network. */
export class NetworkView implements Table {
  readonly #around: Surroundings;
  readonly #storage: Storage;
  readonly #index: LateIndex;
  readonly #process: Process;
  readonly #chance: Chance;
  #throttledUntil = 0;

  constructor(around: Surroundings, storage: Storage, index: LateIndex, process: Process) {
    [this.#around, this.#storage, this.#index, this.#process] = [around, storage, index, process];
    this.#chance = around.chance(`reads of ${process.name}`);
  }

  async #away(): Promise<void> {
    await this.#around.delay(1, 20, this.#process);
    if (this.#around.strikes('read-failed', this.#process.name)) throw unavailable();
  }

  async read(key: Key, { consistency }: ReadOptions = {}): Promise<Item | undefined> {
    await this.#away();
    const { name } = this.#process;
    if (consistency !== 'eventual' || !this.#around.strikes('read-old', name, nameOfKey(key)))
      return this.#storage.table.read(key);
    return this.#storage.past(key, this.#chance.between(0, LAG_MS));
  }

  async query(table: string, pk: string, prefix: string): Promise<StoredItem[]> {
    await this.#away();
    return this.#storage.table.query(table, pk, prefix);
  }

  async due(_table: string, before: string, page: { limit: number; after?: string }): Promise<DuePage> {
    await this.#away();
    return this.#index.page(before, page);
  }

  async transact(writes: Write[], options?: TransactOptions): Promise<TransactOutcome> {
    const { name } = this.#process;
    const subject = writes.map(({ key }) => `${key.pk}/${key.sk}`).join(' ');
    const strikes = (kind: Parameters<Surroundings['strikes']>[0]) =>
      this.#around.strikes(kind, name, subject);
    await this.#around.delay(1, 20, this.#process);
    if (strikes('conflict')) return 'conflict';
    if (strikes('throttle') || this.#throttled(subject)) return 'clash';
    if (strikes('write-lost')) throw unavailable();
    // Who sent it has given up waiting by the time it is written.
    if (strikes('write-late')) {
      void this.#around.delay(0, 3_000).then(() => this.#storage.commit(writes, name, options));
      throw unavailable();
    }
    const outcome = await this.#storage.commit(writes, name, options);
    if (strikes('answer-lost')) throw unavailable();
    await this.#around.delay(1, 10, this.#process);
    return outcome;
  }

  /** Now and then for longer than anybody repeats a commit. */
  #throttled(subject: string): boolean {
    const { now, faults, trace } = this.#around;
    const { name } = this.#process;
    if (this.#around.strikes('throttle-long', name, subject)) this.#throttledUntil = now + 12_000;
    if (faults.calm || now >= this.#throttledUntil) return false;
    trace.add({ what: 'fault', kind: 'throttle', process: name, subject });
    return true;
  }
}

const unavailable = () => new DetentError('table-unavailable', 'the table did not answer');
