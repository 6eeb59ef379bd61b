/** The suite of the relay comes last: by then the schedule of its stack has had its passes, and need not be waited for. */
import Sequencer from '@jest/test-sequencer';

const isRelay = ({ path }) => path.endsWith('relay.test.ts');

export default class RelayLast extends Sequencer {
  sort(tests) {
    return super.sort(tests).toSorted((one, other) => Number(isRelay(one)) - Number(isRelay(other)));
  }
}
