/** Both stores of the sandbox keep the same promises. */
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { fileStore, memoryStore, type Store } from '../../local/sandbox/store.ts';
import { temporaryFolder } from '../support/tables.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0).toReversed()) end();
});

function open(make: () => Store): Store {
  const store = make();
  ends.push(() => store.close());
  return store;
}

function file(): Store {
  const { path, remove } = temporaryFolder();
  ends.push(remove);
  return fileStore(join(path, 'gateway.db'));
}

describe.each([
  ['in memory', memoryStore],
  ['a file', file],
])('%s', (_name, make) => {
  test('what is put is there, as it was put last', () => {
    const store = open(make);
    expect(store.get('a')).toBeUndefined();
    store.put('a', { n: 1 });
    store.put('a', { n: 2 });
    expect(store.get('a')).toEqual({ n: 2 });
  });

  test('a list has what begins so, in the order in which it was first put', () => {
    const store = open(make);
    for (const name of ['x/2', 'x/1', 'y/1', 'x', 'x/3']) store.put(name, { name });
    store.put('x/2', { name: 'again' });
    expect(store.list('x/')).toEqual([{ name: 'again' }, { name: 'x/1' }, { name: 'x/3' }]);
    expect(store.list('z/')).toEqual([]);
  });

  test('all together, or nothing', () => {
    const store = open(make);
    store.put('a', { n: 1 });
    const work = () =>
      store.together(() => {
        store.put('a', { n: 2 });
        store.put('b', { n: 2 });
        expect(store.list('')).toEqual([{ n: 2 }, { n: 2 }]);
        throw new Error('no');
      });
    expect(work).toThrow('no');
    expect(store.get('a')).toEqual({ n: 1 });
    expect(store.get('b')).toBeUndefined();
    store.together(() => store.put('b', { n: 3 }));
    expect(store.list('')).toEqual([{ n: 1 }, { n: 3 }]);
  });
});
