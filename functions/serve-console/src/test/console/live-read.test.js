// One address is read again until nothing more happens there.

import assert from "node:assert/strict";
import {mock, test} from "node:test";
import {setImmediate as nextTurn} from "node:timers/promises";

import {LiveRead} from "../../main/resources/console/live-read.js";

/** Reads with scripted answers; an error is thrown. */
function reading(answers) {
  globalThis.document = {hidden: false};
  mock.timers.enable({apis: ["setTimeout"]});
  const seen = {calls: 0, answers: [], problems: []};
  const request = async () => {
    const answer = answers[Math.min(seen.calls++, answers.length - 1)];
    if (answer instanceof Error) {
      throw answer;
    }
    return answer;
  };
  seen.live = new LiveRead(request, {
    onAnswer: answer => seen.answers.push(answer.status),
    onProblem: problem => seen.problems.push(problem.message),
    hasEnded: ({status}) => status === "complete",
  });
  return seen;
}

async function pass(times) {
  for (let i = 0; i < times; i++) {
    await nextTurn();
    mock.timers.tick(2_000);
  }
  await nextTurn();
}

function problem(message, mayPass) {
  return Object.assign(new Error(message), {mayPass});
}

test("is read until it has ended", async () => {
  const seen = reading([{status: "running"}, {status: "running"}, {status: "complete"}]);
  await pass(6);
  assert.deepEqual([seen.answers, seen.calls], [["running", "running", "complete"], 3]);
  mock.timers.reset();
});

test("is read again on request after it has ended", async () => {
  const seen = reading([{status: "complete"}, {status: "running"}, {status: "complete"}]);
  await pass(3);
  assert.equal(seen.calls, 1);
  seen.live.read();
  await pass(6);
  assert.deepEqual([seen.answers, seen.calls], [["complete", "running", "complete"], 3]);
  mock.timers.reset();
});

test("is read again after an error that may pass, and not after another", async () => {
  const seen = reading([problem("503", true), {status: "running"}, problem("404", false)]);
  await pass(6);
  assert.deepEqual([seen.problems, seen.answers, seen.calls], [["503", "404"], ["running"], 3]);
  mock.timers.reset();
});

test("is not read after it was closed, nor while the page is hidden", async () => {
  const seen = reading([{status: "running"}]);
  await pass(1);
  globalThis.document.hidden = true;
  const {calls} = seen;
  await pass(3);
  assert.equal(seen.calls, calls);
  globalThis.document.hidden = false;
  await pass(1);
  assert.ok(seen.calls > calls);
  seen.live.close();
  const last = seen.calls;
  await pass(3);
  assert.equal(seen.calls, last);
  mock.timers.reset();
});
