// Generates the cases of expressions.jsonl, the same ones for the same definition.

const RUN = "0123456789abcdef0123456789abcdef";
const CASES_OF_AN_EXPRESSION = 8;
const CASES_OF_A_LONG_EXPRESSION = 120;
const LONG = 120; // characters

/** The expressions of the local stack's LanguageTest, and those parts of the language that definitions use most. */
const LANGUAGE = [
  "$states.input.a + 1",
  "$states.input.none = null",
  "$states.input.empty",
  "$states.input.empty = null",
  "$exists($states.input.empty)",
  "$exists($states.input.none)",
  "{'x': $states.input.list[-1]}",
  "{'x': $states.input.none}",
  "($n := $states.input.a; $n + 1)",
  "$parse('{\"b\": [1, null]}')",
  "$parse('{\"b\": [1, null]}').b[0]",
  "$parse('{')",
  "$parse(7)",
  "[1..3]",
  "[]",
  "[[]]",
  "[$states.input.none, 1]",
  "$states.input.missing",
  "'a' + 1",
  "$nothing()",
  "function($x) { $x }",
  "$states.input.a = 1 and $states.input.text = 'a.b.c'",
  "$states.input.a = '1'",
  "$states.input.a != 1 or $states.input.a < 2",
  "$states.input.text > 'a'",
  "$states.input.text > 1",
  "$states.input.a in $states.input.list",
  "$not($states.input.none)",
  "$boolean($states.input.list)",
  "$states.input.none ? 1 : 2",
  "$states.input.zero ? 1 : 2",
  "$states.input.empty ? 1 : 2",
  "$split($states.input.text, '.')",
  "$split($states.input.text, '.')[-1]",
  "$split($states.input.text, '.')[0]",
  "$split($states.input.text, '.')[9]",
  "$split('', '.')[-1]",
  "$split($states.input.none, '.')",
  "$substringBefore($states.input.text, '.')",
  "$substringAfter($states.input.text, '.')",
  "$substringBefore($states.input.text, 'x')",
  "$substringAfter($states.input.text, 'x')",
  "$substring($states.input.text, 1, 3)",
  "$substring($states.input.text, -2)",
  "$substring($states.input.emoji, 0, 2)",
  "$substring($states.input.emoji, 0, 1000)",
  "$substring($states.input.emoji, -1, 9)",
  "$substring($states.input.emoji, -9, 1)",
  "$substring($states.input.emoji, 1)",
  "$substring($states.input.emoji, 9)",
  "$substring($states.input.emoji, 1, -1)",
  "$substring($states.input.none, 0, 1)",
  "$length($states.input.emoji)",
  "$contains($states.input.text, '.b')",
  "$contains($states.input.text, /B/i)",
  "$match($states.input.text, /([a-z])\\.([a-z])/)",
  "$match($states.input.text, /([a-z])\\.([a-z])/)[0].groups[1]",
  "$match($states.input.text, /x/)",
  "$exists($match($states.input.text, /x/))",
  "$replace($states.input.text, '.', '-')",
  "$replace($states.input.text, /[a-b]/, '$0$0')",
  "$uppercase($states.input.text) & $states.input.a & $states.input.yes & $states.input.none & $states.input.empty",
  "'' & 1.5 & 1e21 & 0.1",
  "$string($states.input.list)",
  "$string({'a': [1, 2.5, null, true]})",
  "$number('1.5') + $number('2')",
  "$number('x')",
  "0.1 + 0.2",
  "7 / 2",
  "1 / 3",
  "7 % 3",
  "1 / 0",
  "-$states.input.a",
  "$floor(2.7) + $ceil(2.2) + $round(2.5) + $round(3.5) + $abs(-1)",
  "$min($states.input.list) + $max($states.input.list) + $sum($states.input.list)",
  "$average($states.input.list)",
  "$count($states.input.list)",
  "$count($states.input.none)",
  "$merge([{'a': 1, 'b': 2}, {'b': 3}])",
  "$merge([$states.input, {'a': 9}]).a",
  "$merge([])",
  "$keys($states.input.map)",
  "$lookup($states.input.map, 'k')",
  "$append($states.input.list, 4)",
  "$append($states.input.none, 4)",
  "$sort($states.input.list, function($a, $b) { $a < $b })",
  "$reverse($states.input.list)",
  "$distinct([1, 1, 2])",
  "$map($states.input.list, function($v) { $v * 2 })",
  "$filter($states.input.list, function($v) { $v > 1 })",
  "$filter($states.input.list, function($v) { $v > 2 })",
  "$reduce($states.input.list, function($a, $b) { $a + $b })",
  "$states.input.list[$ > 1]",
  "$states.input.list[$ > 9]",
  "$states.input.rows.n",
  "$states.input.rows[n = 2].t",
  "$states.input.rows[n = 2]",
  "$states.input.rows[n > 0].(n * 2)",
  "$states.input.rows{t: n}",
  "$states.input.rows^(>n).t",
  "$states.input.*[0]",
  "$sum($states.input.rows.n)",
  "$type($states.input.list) & $type($states.input.empty) & $type($states.input.map)",
  "$join(['a', 'b'], '-')",
  "$trim('  a  b ')",
  "$pad('a', 3, '#') & $pad('a', -3, '#')",
  "$base64encode('a') & $base64decode('YQ==')",
  "$fromMillis(1500000000000)",
  "$toMillis('2026-01-31T12:00:00.000Z')",
  "$error('no')",
  "$assert(false, 'no')",
  "$each($states.input.map, function($v, $k) { $k & $v })",
  "$spread($states.input.map)",
  "$zip([1, 2], [3, 4])",
  "$single($states.input.list, function($v) { $v = 2 })",
  "$states.context.State.RetryCount + 1",
];

const LANGUAGE_INPUT = {
  a: 1,
  zero: 0,
  empty: null,
  yes: true,
  list: [1, 2, 3],
  text: "a.b.c",
  emoji: "😀é!",
  map: { k: "v", l: 2 },
  rows: [
    { n: 1, t: "one" },
    { n: 2, t: "two" },
  ],
};

/** A sequence of 32-bit numbers (mulberry32). */
function numbersFrom(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let x = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return (x ^ (x >>> 14)) >>> 0;
  };
}

class Inputs {
  constructor(seed) {
    this.next = numbersFrom(seed);
  }

  below(limit) {
    return this.next() % limit;
  }

  one(...values) {
    return values[this.below(values.length)];
  }

  /** A text with what JSON escapes, and what the expressions look for. */
  text() {
    const parts = ["a", "B", " ", ": ", ".", '"', "\\", "\n", "\t", "/", "\u0001", "ü", "😀", "{", "}", "[", "]", "(", ")", "$",
      "JournalUnavailable: ", "errorMessage", '"errorMessage":"x"', "\\u00e9", "said no"];
    return Array.from({ length: this.below(9) }, () => this.one(...parts)).join("");
  }

  errorName() {
    return this.one("arena.error.DependencyUnavailable", "arena.agent.ModelRefused", "States.Timeout", "Lambda.Unknown",
      "Sandbox.Timedout", "NoDots", "ends.with.", ".starts", "");
  }

  /** What Step Functions has of a function's error: its JSON, possibly truncated, or a text. */
  cause() {
    const message = this.one(this.text(), this.text(), "JournalUnavailable: " + this.text(), "x".repeat(990) + this.text());
    const fields = [
      ["errorMessage", message],
      ["errorType", this.errorName()],
      ["stackTrace", ["a.b(C.java:1)", this.text()]],
    ];
    if (this.below(4) === 0) fields.reverse();
    let json = JSON.stringify(Object.fromEntries(fields), null, this.one(undefined, 1));
    if (this.below(4) === 0) json = json.replace(/[^\x20-\x7e]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
    if (this.below(4) === 0) json = json.slice(0, this.below(json.length + 1));
    return this.one(json, json, json, this.text());
  }

  error() {
    return { code: this.one("ModelRefused", "Timeout", ""), message: this.text() };
  }

  task() {
    const task = { run_id: RUN, t: this.below(201), seq: this.below(9_999), turns_left: this.below(201) };
    task.profile = { name: this.text(), temperature: this.one(0, 0.5, 1), model: "scripted" };
    if (this.below(5) > 0) task.done = this.one(true, false, null, "true", 1);
    if (this.below(2) > 0) task.waits = this.below(100);
    if (this.below(2) > 0) task.wait = this.one({ seconds: this.below(301), error: "ModelThrottled" }, { seconds: 1.5 }, {}, null);
    if (this.below(3) === 0) task.status = this.one("complete", "failed", "other", null);
    if (this.below(3) === 0) task.error = this.one(this.error(), this.error(), null, {});
    if (this.below(3) === 0) task.Error = this.errorName();
    if (this.below(3) === 0) task.Cause = this.cause();
    if (this.below(9) === 0) delete task.run_id;
    return task;
  }

  states(path) {
    const states = { input: this.task(), context: { State: { RetryCount: this.below(9) } } };
    if (path.includes("Catch[")) {
      states.errorOutput = { Error: this.errorName() };
      if (this.below(9) > 0) states.errorOutput.Cause = this.cause();
    } else if (path.endsWith(".Output")) {
      states.result = { ExecutedVersion: "$LATEST", Payload: this.one(this.task(), this.task(), this.task(), {}, null), StatusCode: 200 };
    }
    return states;
  }
}

/** The inputs of the state machine that plays comparisons. */
class CompareInputs extends Inputs {
  cells() {
    return Array.from({ length: this.below(5) }, (_, i) => i * 3);
  }

  provider() {
    return { provider: this.one("scripted", "openai", this.text()), concurrency: 1 + this.below(40), cells: this.cells() };
  }

  task() {
    const task = { comparison_id: RUN, generation: this.below(20), passes: this.below(11) };
    if (this.below(3) > 0) Object.assign(task, { cell: this.below(400), waited: this.below(25_200) });
    if (this.below(4) > 0) task.action = this.one("play", "queued", "release", "end", "skip", "done", "wait", "restart", "again", null);
    if (this.below(3) > 0) task.seconds = this.below(1_801);
    if (this.below(3) > 0) task.providers = Array.from({ length: this.below(3) }, () => this.provider());
    if (this.below(3) > 0) task.provider = this.provider();
    if (this.below(3) > 0) Object.assign(task, { name: RUN, input: { run_id: RUN, t: this.below(201), label: this.text() } });
    if (this.below(9) === 0) delete task.comparison_id;
    return task;
  }

  states(path) {
    const states = super.states(path);
    states.context.Map = { Item: { Index: this.below(9), Value: this.one(this.below(400), this.provider(), this.provider()) } };
    return states;
  }
}

/**
 * Yields cases without their values: {of, states} of the definition, {expression, states} of the language, the latter
 * only without comparisons.
 */
export function* generateCases(expressions, comparisons) {
  let seed = 0;
  for (const [of, source] of expressions) {
    const inputs = comparisons ? new CompareInputs(++seed) : new Inputs(++seed);
    const count = source.length > LONG ? CASES_OF_A_LONG_EXPRESSION : CASES_OF_AN_EXPRESSION;
    for (let i = 0; i < count; i++) yield { of, states: inputs.states(of) };
  }
  for (const expression of comparisons ? [] : LANGUAGE) {
    yield { expression, states: { input: LANGUAGE_INPUT, context: { State: { RetryCount: 2 } } } };
  }
}
