/** The published message as consumers may rely on it. docs/facts.md shows it as JSON Schema. */
import * as z from 'zod';
import type { Publication } from '../../core/publication.ts';

const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  .meta({ format: 'date-time', description: 'ISO 8601 UTC' });

/** Fields may come to it: what a consumer does not know it leaves alone. */
export const publicationSchema = z.object({
  flow: z.string().meta({ description: 'The kind of state machine, such as payment' }),
  flowId: z.string().meta({ description: 'The instance' }),
  version: z
    .int()
    .min(1)
    .meta({ description: 'Counts the transitions of the instance from 1, without gaps' }),
  at: instant,
  event: z.object({ id: z.string(), type: z.string(), at: instant }),
  from: z.string().meta({ description: 'The state before; New for the first transition' }),
  to: z.string().meta({ description: 'The state after' }),
  facts: z
    .array(z.looseObject({ type: z.string() }))
    .meta({ description: 'What the actions found, in order' }),
  hash: z
    .string()
    .regex(/^[\w-]{43}$/)
    .exactOptional()
    .meta({ description: 'Of the journal entry: SHA-256, base64url. Absent where no journal is kept' }),
});

/** What the schema accepts, as the type says it: checked by the compiler in both directions. */
type Accepted = z.infer<typeof publicationSchema>;
type Same<One, Other> = [One] extends [Other] ? ([Other] extends [One] ? true : never) : never;
export const typesAgree: Same<keyof Accepted, keyof Publication> = true;

export const publicationJsonSchema = () => z.toJSONSchema(publicationSchema, { io: 'input' });
