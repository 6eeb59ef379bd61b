/** Pure: how large a value is as JSON, without making that text. */

/** Whether a value has more than `limit` bytes as JSON. The text is made only where a quick bound does not tell. */
export const isLarger = (value: unknown, limit: number): boolean =>
  atMost(value) > limit && bytesOf(value) > limit;

/** Bytes of UTF-8 of a value as JSON. */
export const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** A letter of UTF-16 takes six bytes at the most (RFC 8259, 7: as an escape), a number 25, `false` 5. */
function atMost(value: unknown): number {
  if (typeof value === 'string') return 6 * value.length + 2;
  if (typeof value !== 'object' || value === null) return 25;
  let bytes = 2;
  if (Array.isArray(value)) for (const one of value) bytes += atMost(one) + 1;
  else {
    for (const name in value)
      bytes += 6 * name.length + 4 + atMost((value as { [name: string]: unknown })[name]);
  }
  return bytes;
}
