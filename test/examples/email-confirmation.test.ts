/** The tests of the example, as they stand in it. */
import '../../examples/email-confirmation/test/definitions/email-confirmation.test.ts';
import '../../examples/email-confirmation/test/flows/email-confirmation.test.ts';
