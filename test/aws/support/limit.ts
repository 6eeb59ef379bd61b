/** Lets so many run at once; the others wait in line. */
export function limit(most: number) {
  let running = 0;
  const line: (() => void)[] = [];
  return async function limited<T>(work: () => Promise<T>): Promise<T> {
    if (running >= most) await new Promise<void>((done) => line.push(done));
    else running++;
    try {
      return await work();
    } finally {
      const first = line.shift();
      if (first) first();
      else running--;
    }
  };
}
