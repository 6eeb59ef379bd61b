/** Data as a table: a line for each value. */
import type { Line } from './data-lines.ts';

const changeWords = { new: 'new', changed: 'changed', removed: 'removed' };

/** @param caption what the table is, for those who do not see where it stands. */
export const Fields = ({ lines, caption }: { lines: Line[]; caption: string }) => (
  <table class="fields">
    <caption class="hidden">{caption}</caption>
    <thead class="hidden">
      <tr>
        <th scope="col">Field</th>
        <th scope="col">Value</th>
      </tr>
    </thead>
    <tbody>
      {lines.map((line) => (
        <Row key={line.path.join('.')} line={line} />
      ))}
    </tbody>
  </table>
);

function Row({ line: { path, value, kind, change, before } }: { line: Line }) {
  return (
    <tr class={change && `change change-${change}`}>
      <th scope="row">
        {path.slice(0, -1).map((name) => (
          <span key={name} class="above">
            {name}.<wbr />
          </span>
        ))}
        {path.at(-1)}
      </th>
      <td>
        {value !== undefined && <span class={`value ${kind}`}>{value}</span>}
        {change && <span class="badge">{changeWords[change]}</span>}
        {before !== undefined && (
          <span class="was">
            was <del>{before}</del>
          </span>
        )}
      </td>
    </tr>
  );
}
