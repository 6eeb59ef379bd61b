/** The least that a module can be. */
process.stdout.write('{}\n');
