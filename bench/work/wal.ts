/** Reads SQLite's write-ahead log. Layout: sqlite.org/fileformat2.html, section 4.1. */

export interface Frames {
  /** Frames that end a transaction. */
  commits: number;
  /** Of all frames, their headers among them. */
  bytes: number;
}

const HEADER = 32;
const FRAME_HEADER = 24;

/**
 * The frames of a log's present generation: those whose salt is that of the log. Frames after them are left from before the last
 * checkpoint.
 */
export function framesOf(log: Buffer): Frames {
  if (log.length < HEADER) return { commits: 0, bytes: 0 };
  const size = FRAME_HEADER + log.readUInt32BE(8);
  const salt = log.subarray(16, 24);
  let commits = 0;
  let at = HEADER;
  for (; at + size <= log.length && log.subarray(at + 8, at + 16).equals(salt); at += size) {
    // The size of the database after the commit; 0 in all other frames.
    if (log.readUInt32BE(at + 4) > 0) commits++;
  }
  return { commits, bytes: at - HEADER };
}
