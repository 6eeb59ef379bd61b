/** The durable work of a login is a promise: it changes only with the budget, on purpose. */
import { describe, expect, test } from '@jest/globals';
import { standardTransitions } from '../../bench/cost-login.ts';
import { COMMITS, FSYNCS, ROWS } from '../../bench/engine/rows.ts';
import { theBudget } from '../../bench/report/budget.ts';
import { durableWork, workTables } from '../../bench/work/durable-work.ts';
import { embeddedWork, plainWork } from '../../bench/work/embedded.ts';
import { derivation, others, sumOfParts } from '../../bench/work/others.ts';
import { framesOf } from '../../bench/work/wal.ts';

const PAGE = 512;
/** SQLite's own page size, and the header of a frame. */
const FRAME = 4_096 + 24;

const promised = Object.fromEntries(
  Object.entries(theBudget.counted).filter(([name]) => name.startsWith('work.')),
);

/** A log with these frames; of each: its salt, and the size of the database where it commits. */
function logOf(salt: number, frames: { salt: number; commits: number }[]): Buffer {
  const log = Buffer.alloc(32 + frames.length * (24 + PAGE));
  log.writeUInt32BE(PAGE, 8);
  log.writeUInt32BE(salt, 16);
  for (const [n, frame] of frames.entries()) {
    const at = 32 + n * (24 + PAGE);
    log.writeUInt32BE(frame.commits, at + 4);
    log.writeUInt32BE(frame.salt, at + 8);
  }
  return log;
}

describe('the durable work of one login', () => {
  test('is exactly what the budget says', async () => {
    // How many pages a commit writes is up to SQLite, and Node brings its own: reported, and not promised.
    const exact = (await durableWork()).filter(({ unit }) => unit === 'count');
    expect(Object.fromEntries(exact.map(({ name, value }) => [name, value]))).toEqual(promised);
  }, 30_000);

  test('stands beside that of plain SQLite, which writes the rows of the limit and nothing else', async () => {
    const plain = await plainWork();
    expect(plain).toMatchObject({ rows: ROWS, commits: COMMITS, fsyncs: FSYNCS, fsyncsAwaited: FSYNCS });
    const { walBytes } = await embeddedWork();
    // Whole pages, and twice as many at the most.
    expect(walBytes % FRAME).toBe(0);
    expect(walBytes / plain.walBytes).toBeGreaterThanOrEqual(1);
    expect(walBytes / plain.walBytes).toBeLessThanOrEqual(2);
  }, 30_000);

  test('ends with the session, for a Standard execution as for us', () => {
    expect(standardTransitions.at(-1)).toBe('MintSession');
  });

  test('is told in a table, with what others need and who says so', async () => {
    const walBytes = {
      name: 'work.embedded.walBytes',
      value: 61_800,
      unit: 'bytes',
      limit: 41_200,
      ratio: 1.5,
    };
    const counts = Object.entries(promised).map(([name, value]) => ({ name, value, unit: 'count' }));
    const tables = workTables([...counts, walBytes]);
    expect(tables).toContain('| embedded: bytes of the write-ahead log | 61,800 | 41,200 | 1.50 |');
    for (const other of others) {
      expect(tables).toContain(`| ${other.name} | ${sumOfParts(other)} | ${other.unit} |`);
      expect(other.source).toMatch(/^https:\/\//);
      expect(tables).toContain(derivation(other));
    }
    expect(() => workTables([])).toThrow('There is no result');
  });
});

describe('the reader of the log', () => {
  test('counts frames that commit, and bytes with their headers', () => {
    const log = logOf(7, [
      { salt: 7, commits: 0 },
      { salt: 7, commits: 3 },
      { salt: 7, commits: 4 },
    ]);
    expect(framesOf(log)).toEqual({ commits: 2, bytes: 3 * (24 + PAGE) });
  });

  test('leaves out what is left from before a checkpoint, and half a frame', () => {
    const log = logOf(8, [
      { salt: 8, commits: 2 },
      { salt: 7, commits: 2 },
    ]);
    expect(framesOf(log)).toEqual({ commits: 1, bytes: 24 + PAGE });
    expect(framesOf(log.subarray(0, 32 + 100))).toEqual({ commits: 0, bytes: 0 });
    expect(framesOf(Buffer.alloc(0))).toEqual({ commits: 0, bytes: 0 });
  });
});
