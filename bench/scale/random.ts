/** Chance that a seed repeats. */

// Under jest each look at a global costs more than the draw itself.
const { floor, log } = Math;

export interface Random {
  /** From 0 up to, and without, 1. */
  fraction(): number;
  /** Exponentially distributed: the pause between arrivals that know nothing of each other. */
  exponential(mean: number): number;
  /** From 0 up to, and without, `n`. */
  below(n: number): number;
}

/** A linear congruential generator of 48 bits (the constants are those of POSIX `drand48`), of which the upper 32 count. */
export function randomOf(seed: number): Random {
  // In two halves of 24 bits, so that products stay exact.
  let high = seed & 0xffffff;
  let low = (seed * 0x9e3779 + 0x330e) & 0xffffff;
  const fraction = () => {
    const product = low * 0xece66d + 0xb;
    const carry = floor(product / 0x1000000);
    high = (high * 0xece66d + low * 0x5de + carry) % 0x1000000;
    low = product % 0x1000000;
    return (high + low / 0x1000000) / 0x1000000;
  };
  // Seeds that are near each other begin near each other.
  for (let n = 0; n < 8; n++) fraction();
  return {
    fraction,
    exponential: (mean) => -mean * log(1 - fraction()),
    below: (n) => floor(fraction() * n),
  };
}
