// The table as a picture: one bar a candidate, its spread, and what it cost. Plain SVG that follows the reader's light or dark.

const WIDTH = 860;
const ROW = 38;
const TOP = 64;
const LABELS = 250;
const BARS = 330;
const NUMBERS = LABELS + BARS + 24;

const style = `
  text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328 }
  .title { font-size: 16px; font-weight: 600 } .small { font-size: 11px; fill: #59636e } .end { text-anchor: end }
  .own { font-weight: 600 } .bar { fill: #8c959f } .bar.own { fill: #0969da }
  .spread { stroke: #1f2328; stroke-width: 1.5 } .grid { stroke: #d1d9e0 } .aim { stroke: #cf222e; stroke-dasharray: 4 3 }
  .ground { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc } .small { fill: #9198a1 } .bar { fill: #656c76 } .bar.own { fill: #4493f8 }
    .spread { stroke: #f0f6fc } .grid { stroke: #3d444d } .aim { stroke: #f85149 } .ground { fill: #0d1117 }
  }`;

/** The SVG of a run's table, with peak RSS if it was measured. */
export function plotOf({ parts, command, machine, takenAt, settings }) {
  const { rows } = parts.table;
  const peaks = new Map((parts.memory?.rows ?? []).map(({ name, peakRssMb }) => [name, peakRssMb.median]));
  const aim = parts.table.verdicts.find(({ what }) => what === 'req/s to limit')?.target;
  const bottom = TOP + rows.length * ROW;
  const most = Math.max(1, ...rows.map(({ requestsToLimit }) => requestsToLimit?.max ?? 0));
  const x = (ratio) => LABELS + (ratio / most) * BARS;
  const caption = [
    `${command} · ${takenAt.slice(0, 10)} · ${machine.cpu}, ${machine.cores} cores, Node ${machine.node.slice(1)}`,
    `One process on one core; wrk with ${settings.connections} connections and the upstream on another. Median of ${settings.rounds} interleaved rounds of ${settings.seconds} s; lines: least to most.`,
  ];
  const height = bottom + 34 + caption.length * 16;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Requests a second of GraphQL gateways relative to plain Node">
<style>${style}
</style>
<rect class="ground" width="${WIDTH}" height="${height}" rx="6"/>
<text class="title" x="16" y="26">Confirms a second, relative to plain Node (LIMIT)</text>
<text class="small end" x="${NUMBERS + 36}" y="52">ratio</text>
<text class="small end" x="${NUMBERS + 120}" y="52">CPU µs/request</text>
<text class="small end" x="${NUMBERS + 216}" y="52">peak RSS, MB</text>
${[0, 0.25, 0.5, 0.75, 1].map((tick) => grid(x(tick), tick, bottom)).join('\n')}
${aim === undefined ? '' : `<line class="aim" x1="${x(aim)}" x2="${x(aim)}" y1="${TOP - 6}" y2="${bottom}"/><text class="small" x="${x(aim) + 4}" y="${TOP - 12}">target ${aim}</text>`}
${rows.map((row, i) => line(row, TOP + i * ROW, x, peaks.get(row.name))).join('\n')}
${caption.map((text, i) => `<text class="small" x="16" y="${bottom + 38 + i * 16}">${escaped(text)}</text>`).join('\n')}
</svg>
`;
}

const grid = (at, tick, bottom) =>
  `<line class="grid" x1="${at}" x2="${at}" y1="${TOP - 6}" y2="${bottom}"/><text class="small" x="${at}" y="${bottom + 14}" text-anchor="middle">${tick}</text>`;

function line({ name, title, requestsToLimit, cpuUs }, y, x, peakRssMb) {
  const own = name.startsWith('gateway') ? ' own' : '';
  const middle = y + ROW / 2;
  const { median, min, max } = requestsToLimit ?? { median: 0, min: 0, max: 0 };
  const at = (value) => x(value).toFixed(1);
  const number = (right, text) => `<text class="end${own}" x="${NUMBERS + right}" y="${middle + 4}">${text}</text>`;
  return `<text class="end${own}" x="${LABELS - 12}" y="${middle + 4}">${escaped(title)}</text>
<rect class="bar${own}" x="${LABELS}" y="${y + 8}" width="${(x(median) - LABELS).toFixed(1)}" height="${ROW - 16}" rx="2"/>
<line class="spread" x1="${at(min)}" x2="${at(max)}" y1="${middle}" y2="${middle}"/>
${number(36, median.toFixed(2))}${number(120, cpuUs.median.toFixed(0))}${number(216, peakRssMb === undefined ? '–' : peakRssMb.toFixed(0))}`;
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
