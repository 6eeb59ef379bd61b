/** The command line of the benchmark. */
import { parseArgs } from 'node:util';

export const usage = `npm run bench                    all parts; a quarter of an hour, up to 10 GB below TMPDIR; rewrites the tables and plots in docs/
npm run bench -- --quick         the parts engine and contention, in less than 45 seconds
npm run bench -- --part NAME     this part alone, and nothing is written; may be given more than once, and with --quick
npm run bench -- --help          this text`;

export interface Asked {
  help: boolean;
  quick: boolean;
  /** Empty where none is named. */
  parts: string[];
}

/**
 * @param known names of the parts that there are.
 * @throws Error with a message for the person at the terminal.
 */
export function parseArguments(given: string[], known: readonly string[]): Asked {
  const { values, positionals } = parsed(given);
  const { help = false, quick = false, part = [] } = values;
  if (positionals.length > 0) throw new Error(`"${positionals[0]}" is not understood. ${hint}`);
  const unknown = part.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new Error(`There is no part "${unknown}". The parts are ${known.join(', ')}.`);
  return { help, quick, parts: part };
}

const hint = '--help says what is.';

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        help: { type: 'boolean' },
        quick: { type: 'boolean' },
        part: { type: 'string', multiple: true },
      },
      allowPositionals: true,
    });
  } catch (error) {
    const [first = ''] = (error as Error).message.split('. ');
    throw new Error(`${first}. ${hint}`);
  }
}
