/** What goes to an action and comes back from it is a copy, and nothing is larger than Step Functions takes. */
import { DEEPEST, isLarger, MOST_PER_UNIT, MOST_PER_VALUE, MOST_SIGNS } from '../../../core/size.ts';
import { StatesFailure } from './failure.ts';

/** Step Functions: largest input or output of a state, in bytes. */
export const MAX_PAYLOAD_BYTES = 262_144;

/**
 * What would arrive if the value went over the wire as JSON: shares nothing with it, has no undefined fields, dates as texts.
 *
 * Plain JSON that is surely small enough is copied directly, a tenth of the cost; all else really goes through JSON.
 *
 * @throws StatesFailure `States.DataLimitExceeded` where it is larger than 262,144 bytes; TypeError where it is no JSON at all.
 */
export function overWire<T>(value: T): T {
  const copier = new Copier();
  const copy = copier.copy(value, 0);
  return copier.sure ? (copy as T) : throughJson(value);
}

function throughJson<T>(value: T): T {
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) > MAX_PAYLOAD_BYTES) tooLarge('a payload');
  return JSON.parse(text);
}

/**
 * The output of a state, as it is.
 *
 * @throws StatesFailure `States.DataLimitExceeded` where it is larger than 262,144 bytes.
 */
export function withinLimit<T>(output: T): T {
  return isLarger(output, MAX_PAYLOAD_BYTES) ? tooLarge('the output of a state') : output;
}

function tooLarge(what: string): never {
  throw new StatesFailure('States.DataLimitExceeded', `${what} is larger than ${MAX_PAYLOAD_BYTES} bytes`);
}

class Copier {
  /** Whether all so far is plain JSON within the limit; once it is not, the copy is of no use. */
  sure = true;
  #bytes = 0;

  copy(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case 'string':
        this.#count(value.length * MOST_PER_UNIT + MOST_SIGNS);
        return value;
      case 'number':
        this.#count(MOST_PER_VALUE);
        // JSON knows neither infinity nor a negative zero.
        if (!Number.isFinite(value) || Object.is(value, -0)) this.sure = false;
        return value;
      case 'boolean':
        this.#count(MOST_PER_VALUE);
        return value;
      case 'object':
        return this.#object(value, depth);
      default:
        this.sure = false;
        return undefined;
    }
  }

  #object(value: object | null, depth: number): unknown {
    this.#count(MOST_PER_VALUE);
    if (value === null) return null;
    const prototype = Object.getPrototypeOf(value);
    if (depth > DEEPEST) this.sure = false;
    else if (prototype === Object.prototype) return this.#fields(value as { [name: string]: unknown }, depth);
    else if (prototype === Array.prototype && Array.isArray(value)) return this.#entries(value, depth);
    else this.sure = false;
    return undefined;
  }

  #fields(value: { [name: string]: unknown }, depth: number): unknown {
    const copy: { [name: string]: unknown } = {};
    for (const name in value) {
      if (!this.sure) return undefined;
      if (name === '__proto__') this.sure = false;
      this.#count(name.length * MOST_PER_UNIT + MOST_SIGNS);
      copy[name] = this.copy(value[name], depth + 1);
    }
    return copy;
  }

  #entries(value: readonly unknown[], depth: number): unknown {
    const copy: unknown[] = [];
    for (let index = 0; index < value.length && this.sure; index++) {
      copy.push(this.copy(value[index], depth + 1));
    }
    return copy;
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > MAX_PAYLOAD_BYTES) this.sure = false;
  }
}
