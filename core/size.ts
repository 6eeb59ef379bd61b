/** Pure: how large a value is as JSON, without making that text. */

/**
 * What JSON takes at the most, in bytes of UTF-8 and with the comma after it: a UTF-16 unit of a text six (RFC 8259, 7: as an
 * escape), the signs around a text or a name four, anything else that is no list or object 26 (a number of 17 digits from 1e-6).
 */
export const MOST_PER_UNIT = 6;
export const MOST_SIGNS = 4;
export const MOST_PER_VALUE = 26;
/** Deeper than any record: a circle among them. What is deeper is left to JSON itself. */
export const DEEPEST = 200;

/**
 * Whether a value has more than `limit` bytes as JSON. The text is made only where a quick bound does not tell.
 *
 * @throws TypeError where the value is no JSON: a circle, a bigint.
 */
export const isLarger = (value: unknown, limit: number): boolean =>
  roomAfter(value, limit, 0) < 0 && bytesOf(value) > limit;

/** Bytes of UTF-8 of a value as JSON. */
export const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** No bound is known, or it is beyond the room. */
const NOT_SURE = -1;

/** The room that is surely left after the value, in bytes; negative where nothing is sure. */
function roomAfter(value: unknown, room: number, depth: number): number {
  switch (typeof value) {
    case 'string':
      return room - value.length * MOST_PER_UNIT - MOST_SIGNS;
    case 'object':
      return value === null ? room - MOST_PER_VALUE : roomAfterObject(value, room, depth);
    // A function may be a toJSON.
    case 'function':
    case 'bigint':
      return NOT_SURE;
    default:
      return room - MOST_PER_VALUE;
  }
}

function roomAfterObject(value: object, room: number, depth: number): number {
  if (depth > DEEPEST) return NOT_SURE;
  const prototype = Object.getPrototypeOf(value);
  let left = room - MOST_PER_VALUE;
  if (prototype === Array.prototype && Array.isArray(value)) {
    for (let index = 0; index < value.length && left >= 0; index++) {
      left = roomAfter(value[index], left, depth + 1);
    }
    return left;
  }
  // Anything but plain objects may have a toJSON that it inherits.
  if (prototype !== Object.prototype && prototype !== null) return NOT_SURE;
  for (const name in value) {
    if (left < 0) return NOT_SURE;
    const room = left - name.length * MOST_PER_UNIT - MOST_SIGNS;
    left = roomAfter((value as { [name: string]: unknown })[name], room, depth + 1);
  }
  return left;
}
