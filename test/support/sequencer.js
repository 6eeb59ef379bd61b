import Sequencer from '@jest/test-sequencer';

/** The order of test files: those of the stack last. The heap that they leave behind makes all after them several times slower. */
export default class StackLast extends Sequencer {
  sort(tests) {
    const isStack = ({ path }) => Number(path.includes('/test/infra/'));
    return super.sort(tests).toSorted((one, other) => isStack(one) - isStack(other));
  }
}
