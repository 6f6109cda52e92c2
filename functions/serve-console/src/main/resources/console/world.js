/**
 * The game's vocabulary as the console shows it: fields of a state, ages, what actions cost.
 * The rules are those of layers/arena, package arena.world; a browser never computes a state from them.
 *
 * @module world
 */

export const AGES = ["Dark Age", "Feudal Age", "Castle Age", "Imperial Age"];

/** The fields of a state that a fork can change, in the order shown. */
export const FIELDS = [
  {name: "food", label: "Food", type: "resource"},
  {name: "wood", label: "Wood", type: "resource"},
  {name: "gold", label: "Gold", type: "resource"},
  {name: "stone", label: "Stone", type: "resource"},
  {name: "population", label: "Population", short: "Pop.", type: "count"},
  {name: "pop_cap", label: "Pop. cap", type: "count"},
  {name: "age", label: "Age", type: "age"},
];

/** Buildings by `building_key`. */
const BUILDINGS = {
  q: {name: "house", wood: 25, effect: "+5 pop. cap"},
  w: {name: "mill", wood: 100},
  r: {name: "lumber_camp", wood: 100},
  e: {name: "mining_camp", wood: 100},
  a: {name: "farm", wood: 60},
  s: {name: "blacksmith", wood: 150},
  t: {name: "dock", wood: 150},
};

/** A building's name for people. */
export function buildingLabel(name) {
  return String(name).replaceAll("_", " ");
}

/**
 * Describes an action as a model gave it, which may be anything.
 *
 * @param {any} action
 * @returns {{name: string, effect: string}} `effect` is what it costs and brings if it succeeds; empty if it has none
 */
export function describeAction(action) {
  const type = typeof action?.type === "string" ? action.type : typeof action?.action === "string" ? action.action : "";
  if (type === "queue_villager") {
    return {name: "queue villager", effect: "−50 food, +1 in training"};
  }
  if (type === "build") {
    const building = Object.hasOwn(BUILDINGS, action.building_key) ? BUILDINGS[action.building_key] : undefined;
    if (building === undefined) {
      return {name: `build ${JSON.stringify(action.building_key) ?? "?"}`, effect: ""};
    }
    return {
      name: `build ${buildingLabel(building.name)}`,
      effect: `−${building.wood} wood${building.effect === undefined ? "" : `, ${building.effect}`}`,
    };
  }
  if (type === "press" && action.key === "z") {
    return {name: "age up", effect: "−500 food, next age in 6 turns"};
  }
  return {name: type === "" ? JSON.stringify(action) ?? "?" : type, effect: ""};
}

/** Counts of the buildings by name, most frequent first, then by name. */
export function buildingCounts(buildings) {
  const counts = new Map();
  for (const name of buildings) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
}

/** The town in one sentence, for readers who do not see the drawing. */
export function describeTown(state) {
  const buildings = buildingCounts(state.buildings)
      .map(([name, n]) => `${n} ${buildingLabel(name)}${n === 1 ? "" : "s"}`);
  const parts = [
    `${state.age}, population ${state.population} of ${state.pop_cap}`,
    buildings.length === 0 ? "no buildings" : buildings.join(", "),
  ];
  if (state.villager_queue.length > 0) {
    parts.push(`${state.villager_queue.length} in training`);
  }
  if (state.age_up_ticks_remaining > 0) {
    parts.push(`next age in ${state.age_up_ticks_remaining} turns`);
  }
  return parts.join("; ");
}

/** Score of a state: compared by age, then population, then economy. */
export function scoreOf(state) {
  return {
    age: state.age,
    rank: Math.max(0, AGES.indexOf(state.age)),
    population: state.population,
    economy: state.food + state.wood,
  };
}

/** Orders scores, the better first. */
export function compareScores(a, b) {
  return b.rank - a.rank || b.population - a.population || b.economy - a.economy;
}
