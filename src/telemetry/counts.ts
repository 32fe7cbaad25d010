// Counts and durations, kept so that keeping them costs next to nothing, in the form in which prom-client prints them: its own
// counters and histograms build and hash an object of labels for each value (`npm run bench -- --only telemetry` says how much of
// a request that takes).

/** One line of Prometheus' text format: a figure and its labels. */
export interface Figure {
  labels: Record<string, string | number>;
  value: number;
  /** Where it is not the metric's own. */
  metricName?: string;
}

const zero = () => ({ value: 0 });
const noCounts = () => new Map<string, { value: number }>();
const noTimings = () => ({ classes: BOUNDS.map(() => 0), count: 0, sum: 0 });

/** Counts under up to two labels. A label's values are few: names of ours, never a text from outside. */
export class Counts {
  readonly type = 'counter';
  private readonly counts = new Map<string, Map<string, { value: number }>>();

  constructor(
    readonly help: string,
    private readonly labelNames: readonly string[] = [],
  ) {}

  add(first = '', second = '', count = 1): void {
    const group = madeAt(this.counts, first, noCounts);
    madeAt(group, second, zero).value += count;
  }

  figures(): Figure[] {
    const figures = [...this.counts].flatMap(([first, group]) =>
      [...group].map(([second, { value }]) => ({ labels: this.labelsFrom([first, second]), value })),
    );
    return figures.length > 0 || this.labelNames.length > 0 ? figures : [{ labels: {}, value: 0 }];
  }

  private labelsFrom(values: string[]): Record<string, string> {
    return Object.fromEntries(this.labelNames.map((name, i) => [name, values[i] ?? '']));
  }
}

/** The upper bounds of the classes of durations in seconds, the least first. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Durations under one label, counted in classes. */
export class Durations {
  readonly type = 'histogram';
  private readonly timings = new Map<string, { classes: number[]; count: number; sum: number }>();

  constructor(
    readonly help: string,
    private readonly labelName: string,
  ) {}

  add(label: string, ms: number): void {
    const seconds = ms / 1000;
    const timing = madeAt(this.timings, label, noTimings);
    timing.count++;
    timing.sum += seconds;
    for (let i = 0; i < BOUNDS.length; i++)
      if (seconds <= (BOUNDS[i] as number)) {
        (timing.classes[i] as number)++;
        return;
      }
  }

  /** A bucket of Prometheus' counts what is at most its bound: its own class and all those below. */
  figures(name: string): Figure[] {
    return [...this.timings].flatMap(([label, { classes, count, sum }]) => {
      const own = { [this.labelName]: label };
      let atMost = 0;
      const buckets = classes.map((inClass, i) => {
        atMost += inClass;
        return { labels: { le: BOUNDS[i] as number, ...own }, value: atMost, metricName: `${name}_bucket` };
      });
      return [
        ...buckets,
        { labels: { le: '+Inf', ...own }, value: count, metricName: `${name}_bucket` },
        { labels: own, value: sum, metricName: `${name}_sum` },
        { labels: own, value: count, metricName: `${name}_count` },
      ];
    });
  }
}

function madeAt<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
