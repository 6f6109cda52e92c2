// Reads functions/replay.asl.yaml or compare.asl.yaml, with their substitutions replaced as the local stack's tests do.
import { readFileSync } from "node:fs";
import { parse } from "yaml";

const SUBSTITUTIONS = {
  Partition: "aws",
  ReplayTurnFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:replay-turn",
  FinalizeRunFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:finalize-run",
  TurnTimeoutSeconds: "120",
  PlayCellFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:play-cell",
  ReplayStateMachineArn: "arn:aws:states:us-east-1:000000000000:stateMachine:child",
};

/** Returns the definition as an object. */
export function readDefinition(file) {
  const text = readFileSync(file, "utf8").replace(/\$\{(\w+)\}/g, (_, name) => {
    if (!(name in SUBSTITUTIONS)) throw new Error(`${file}: the substitution ${name} is unknown`);
    return SUBSTITUTIONS[name];
  });
  return parse(text);
}

/** Returns the expressions of a definition by their paths, such as "PlayTurn.Catch[0].Output.error". */
export function expressionsOf(definition) {
  const found = new Map();
  const visit = (value, path) => {
    if (typeof value === "string") {
      if (value.startsWith("{%")) found.set(path, value.slice(2, -2));
    } else if (Array.isArray(value)) {
      value.forEach((item, i) => visit(item, `${path}[${i}]`));
    } else if (value !== null && typeof value === "object") {
      for (const [name, field] of Object.entries(value)) visit(field, path ? `${path}.${name}` : name);
    }
  };
  visit(definition.States, "");
  return found;
}
