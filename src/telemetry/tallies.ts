// Counts and durations, kept so that keeping them costs next to nothing, in the form in which prom-client prints them.

/** One line of Prometheus' text format: a figure and the labels that it has. */
export interface Figure {
  labels: Record<string, string | number>;
  value: number;
  /** Where it is not the metric's own. */
  metricName?: string;
}

export interface Tally {
  readonly type: 'counter' | 'histogram';
  figures(): Figure[];
}

/** Counts under up to two labels. A label's values are few: names of ours, never a text from outside. */
export class Counts implements Tally {
  readonly type = 'counter';
  private readonly counts = new Map<string, Map<string, { value: number }>>();

  constructor(private readonly labelNames: readonly string[] = []) {}

  add(first = '', second = ''): void {
    const group = madeAt(this.counts, first, () => new Map());
    madeAt(group, second, () => ({ value: 0 })).value++;
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

/** Durations under one label, by the classes that they fall into. */
export class Durations implements Tally {
  readonly type = 'histogram';
  private readonly timings = new Map<string, { classes: number[]; count: number; sum: number }>();

  /** @param bounds each class's upper bound in seconds, the least first */
  constructor(
    private readonly name: string,
    private readonly labelName: string,
    private readonly bounds: readonly number[],
  ) {}

  add(label: string, ms: number): void {
    const seconds = ms / 1000;
    const timing = madeAt(this.timings, label, () => ({ classes: this.bounds.map(() => 0), count: 0, sum: 0 }));
    timing.count++;
    timing.sum += seconds;
    for (let i = 0; i < this.bounds.length; i++)
      if (seconds <= (this.bounds[i] as number)) {
        (timing.classes[i] as number)++;
        return;
      }
  }

  figures(): Figure[] {
    return [...this.timings].flatMap(([label, { classes, count, sum }]) => {
      const own = { [this.labelName]: label };
      let below = 0;
      const buckets = classes.map((inClass, i) => {
        below += inClass;
        return { labels: { le: this.bounds[i] as number, ...own }, value: below, metricName: `${this.name}_bucket` };
      });
      return [
        ...buckets,
        { labels: { le: '+Inf', ...own }, value: count, metricName: `${this.name}_bucket` },
        { labels: own, value: sum, metricName: `${this.name}_sum` },
        { labels: own, value: count, metricName: `${this.name}_count` },
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
