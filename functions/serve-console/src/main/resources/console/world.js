/**
 * The game's vocabulary as the console shows it: fields of a state, ages, actions. What actions cost is in
 * GET /deployment; a browser never computes a state from it.
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

/** A building's name for people. */
export function buildingLabel(name) {
  return String(name).replaceAll("_", " ");
}

/**
 * Describes an action as a model gave it, which may be anything.
 *
 * @param {any} action
 * @param {object} rules of GET /deployment
 * @returns {{name: string, effect: string}} `effect` is what it costs and brings if it succeeds; empty if it has none
 */
export function describeAction(action, rules) {
  const type = typeof action?.type === "string" ? action.type : typeof action?.action === "string" ? action.action : "";
  if (type === "queue_villager") {
    return {name: "queue villager", effect: `−${rules.villager_food} food, +1 in training`};
  }
  if (type === "build") {
    const building = rules.buildings.find(one => one.building_key === action.building_key);
    if (building === undefined) {
      return {name: `build ${JSON.stringify(action.building_key) ?? "?"}`, effect: ""};
    }
    return {
      name: `build ${buildingLabel(building.name)}`,
      effect: `−${building.wood} wood${building.pop_cap === 0 ? "" : `, +${building.pop_cap} pop. cap`}`,
    };
  }
  if (type === "press" && action.key === "z") {
    return {name: "age up", effect: `−${rules.age_up_food} food, next age in ${rules.age_up_turns} turns`};
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
