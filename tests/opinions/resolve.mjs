// Prints a state machine as JSON, with its substitutions replaced. Each expression is on one line: the schema of
// asl-validator has a pattern in which "." does not match a line break, while AWS accepts them.
//
//   node resolve.mjs DEFINITION             as it is
//   node resolve.mjs DEFINITION --broken    with a Next that names no state, which a validator has to find
import { readDefinition } from "./definition.mjs";

const [file, option] = process.argv.slice(2);
const definition = readDefinition(file);
if (option === "--broken") Object.values(definition.States).find((state) => state.Next).Next = "NoSuchState";
console.log(JSON.stringify(definition, (_, value) =>
  typeof value === "string" && value.startsWith("{%") ? value.replace(/\s*\n\s*/g, " ") : value));
