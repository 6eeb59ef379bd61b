/** Where the browser is. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const elsewhere = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * The program of Chromium or Chrome: the one that `CHROMIUM` names, or the first in the search path or its usual place.
 *
 * @throws Error where `CHROMIUM` names none.
 */
export function findChromium(environment: { [variable: string]: string | undefined }): string | undefined {
  const { CHROMIUM: given, PATH: path = '' } = environment;
  if (given !== undefined && !existsSync(given))
    throw new Error(`CHROMIUM is ${given}, and there is no such file`);
  const places = names.flatMap((name) => path.split(delimiter).map((folder) => join(folder, name)));
  return given ?? [...places, ...elsewhere].find((place) => existsSync(place));
}
