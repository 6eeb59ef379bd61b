/** `npx node bench/work/main.ts`: the durable work of one login, and what the same login needs elsewhere. */
import { durableWork, workTables } from './durable-work.ts';

process.stdout.write(workTables(await durableWork()));
