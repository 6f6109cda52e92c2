// Compares a table, expressions.jsonl or compare-expressions.jsonl, with the reference implementation of JSONata: see README.md.
//
//   node expressions.mjs DEFINITION TABLE             fails for each case whose value differs
//   node expressions.mjs DEFINITION TABLE --update    writes the table anew, with the reference's values
import { readFileSync, writeFileSync } from "node:fs";
import jsonata from "jsonata";
import { expressionsOf, readDefinition } from "./definition.mjs";
import { generateCases } from "./cases.mjs";

const [definitionFile, tableFile, option] = process.argv.slice(2);
const expressions = expressionsOf(readDefinition(definitionFile));

/** Returns the value of a case, or undefined if the expression fails or has no value in JSON, which AWS reports as an error. */
async function evaluate({ of, expression, states }) {
  const source = of ? expressions.get(of) : expression;
  if (source === undefined) throw new Error(`the definition has no expression ${of}`);
  try {
    const value = await jsonata(source).evaluate(undefined, {
      states,
      parse: (text) => {
        if (typeof text !== "string") throw new Error("$parse takes a string");
        return JSON.parse(text);
      },
    });
    return value === undefined || isNotJson(value) ? undefined : JSON.parse(JSON.stringify(value));
  } catch {
    return undefined;
  }
}

function isNotJson(value) {
  if (typeof value === "number") return !Number.isFinite(value);
  if (value === null || typeof value !== "object") return typeof value === "function";
  return value._jsonata_lambda === true || Object.values(value).some(isNotJson);
}

/** Writes a value with sorted fields, so that equal values have equal texts. */
function canonical(value) {
  return JSON.stringify(value, (_, field) =>
    field !== null && typeof field === "object" && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  );
}

if (option === "--update") {
  const lines = [];
  for (const each of generateCases(expressions, definitionFile.endsWith("compare.asl.yaml"))) {
    const value = await evaluate(each);
    lines.push(JSON.stringify(value === undefined ? { ...each, fails: true } : { ...each, value }));
  }
  writeFileSync(tableFile, lines.join("\n") + "\n");
  console.log(`${lines.length} cases written`);
} else {
  const cases = readFileSync(tableFile, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const missing = new Set(expressions.keys());
  let differences = 0;
  for (const [i, each] of cases.entries()) {
    missing.delete(each.of);
    const value = await evaluate(each);
    const expected = each.fails ? undefined : each.value;
    if (canonical(value) !== canonical(expected)) {
      differences++;
      console.error(`line ${i + 1}: ${each.of ?? each.expression}: the table has ${canonical(expected) ?? "an error"}, `
        + `JSONata ${canonical(value) ?? "an error"}`);
    }
  }
  for (const path of missing) console.error(`the table has no case of ${path}`);
  if (differences + missing.size > 0) process.exit(1);
  console.log(`${cases.length} cases of ${expressions.size} expressions of the state machine and of the language agree`);
}
