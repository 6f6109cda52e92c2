// The page names the modules of the first view, so that browsers need not find them one after the other.

import assert from "node:assert/strict";
import {readFile} from "node:fs/promises";
import {test} from "node:test";

const CONSOLE = new URL("../../main/resources/console/", import.meta.url);
const FIRST = ["main.js", "views/runs.js"];

/** Adds a module's static imports, and theirs; those in vendor/ are not followed. */
async function addImports(url, found) {
  const text = await readFile(url, "utf8");
  for (const [, path] of text.matchAll(/^import\s[^;]*?"(\.[^"]+)";/gm)) {
    const imported = new URL(path, url);
    if (!found.has(imported.href)) {
      found.add(imported.href);
      if (!imported.pathname.includes("/vendor/")) {
        await addImports(imported, found);
      }
    }
  }
}

test("the page preloads the modules of the first view, and no other", async () => {
  const needed = new Set(FIRST.slice(1).map(name => new URL(name, CONSOLE).href));
  for (const name of FIRST) {
    await addImports(new URL(name, CONSOLE), needed);
  }
  const page = await readFile(new URL("index.html", CONSOLE), "utf8");
  const named = [...page.matchAll(/rel="modulepreload" href="([^"]+)"/g)].map(([, path]) => new URL(path, CONSOLE).href);
  assert.deepEqual(named.sort(), [...needed].sort());
});
