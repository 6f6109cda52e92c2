import assert from "node:assert/strict";
import {test} from "node:test";
import {isolate, isolateNames, pieces} from "../../main/resources/console/bidi.js";

test("isolates a name that is written from right to left", () => {
  assert.equal(isolate("משחק"), "\u2068משחק\u2069");
  assert.equal(isolate("a \u202eb"), "\u2068a \u202eb\u2069");
});

test("leaves a name from left to right as it is", () => {
  assert.equal(isolate("Über 7 🏰"), "Über 7 🏰");
  assert.equal(isolate(undefined), "");
});

test("isolates each name of a sentence with the numbers after it", () => {
  assert.equal(isolateNames("לוחם 12 ends better than خيار, p 0.03"),
      "\u2068לוחם 12\u2069 ends better than \u2068خيار\u2069, p 0.03");
});

test("keeps a name of several words in one piece", () => {
  assert.deepEqual(pieces("arm 'עוד אוכל (מהר)' wins"), [
    {text: "arm '", isolated: false}, {text: "עוד אוכל (מהר", isolated: true}, {text: ")' wins", isolated: false},
  ]);
});

test("isolates marks that set a direction", () => {
  assert.equal(isolateNames("x \u202ey z"), "x \u2068\u202e\u2069y z");
});

test("gives the pieces of a sentence without such names as one", () => {
  assert.deepEqual(pieces("no name"), [{text: "no name", isolated: false}]);
  assert.deepEqual(pieces(""), []);
  assert.deepEqual(pieces(null), []);
});

test("reads a long text in time", () => {
  const text = "א".repeat(50_000) + " ".repeat(50_000);
  const start = performance.now();
  assert.equal(isolateNames(text).length, text.length + 2);
  assert.ok(performance.now() - start < 1_000);
});
