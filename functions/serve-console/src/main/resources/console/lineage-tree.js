/**
 * The tree of forks around a run. Pure but for the reads that it is given.
 *
 * @module lineage-tree
 */

/** Bounds of one tree: reads are one for each node. */
export const MAX_ANCESTORS = 50;
export const MAX_NODES = 300;

/**
 * Reads a tree: up to the root, then down breadth first.
 *
 * @param {string} runId
 * @param {(id: string) => Promise<object>} readRun GET /runs/{run_id}
 * @param {(id: string) => Promise<{rows: object[], next: string|null}>} readChildren
 * @returns {Promise<{root: object, truncated: boolean}>} nodes are {row, children}, children by turn and time
 */
export async function readTree(runId, readRun, readChildren) {
  let row = await readRun(runId);
  const seen = new Set([runId]);
  let truncated = false;
  for (let i = 0; row.parent_run_id !== null && !seen.has(row.parent_run_id); i++) {
    if (i === MAX_ANCESTORS) {
      truncated = true;
      break;
    }
    seen.add(row.parent_run_id);
    try {
      row = await readRun(row.parent_run_id);
    } catch (problem) {
      if (problem.status !== 404) {
        throw problem;
      }
      break; // the parent was deleted: this is the root that is left
    }
  }
  const root = {row, children: []};
  let level = [root];
  let nodes = 1;
  const placed = new Set([row.run_id]);
  while (level.length > 0) {
    const next = [];
    for (const node of level) {
      if (nodes >= MAX_NODES) {
        truncated = true;
        return {root, truncated};
      }
      const {rows, next: more} = await readChildren(node.row.run_id);
      truncated ||= more !== null;
      node.children = rows.filter(child => !placed.has(child.run_id)).map(child => ({row: child, children: []}))
          .sort((a, b) => a.row.parent_t - b.row.parent_t || (a.row.created_at < b.row.created_at ? -1 : 1));
      node.children.forEach(child => placed.add(child.row.run_id));
      nodes += node.children.length;
      next.push(...node.children);
    }
    level = next;
  }
  return {root, truncated};
}

/** Flattens a tree, depth first: {row, depth, isLast, rails} where `rails` says which ancestors have a sibling below. */
export function flatten(root) {
  const rows = [];
  const visit = (node, depth, isLast, rails) => {
    rows.push({row: node.row, depth, isLast, rails});
    node.children.forEach((child, i) =>
      visit(child, depth + 1, i === node.children.length - 1, depth === 0 ? [] : [...rails, !isLast]));
  };
  visit(root, 0, true, []);
  return rows;
}
