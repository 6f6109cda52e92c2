/**
 * What turns of a fork will cost. Pure.
 *
 * @module estimate
 */
import {money} from "./format.js";

/** Tokens assumed for one turn if the parent gives no measure: the prompt with its rules, and an answer. */
const INPUT_TOKENS = 1_200;
const OUTPUT_TOKENS = 350;

/**
 * Estimates the cost of turns.
 *
 * The parent's own mean is used where it played with the same model, scaled by price where it played with another;
 * without either, typical token counts are.
 *
 * @param {object} plan
 * @param {number} plan.nTurns
 * @param {string} plan.model that will play
 * @param {{model: string, costUsd: number, answered: number, costKnown: boolean}} plan.parent
 * @param {{model: string, input_usd_per_million: number, output_usd_per_million: number}[]} plan.prices
 * @returns {{usd: number|null, basis: string}} `usd` null if no price is known; `basis` in a few words
 */
export function estimateCost({nTurns, model, parent, prices}) {
  if (model === "recorded" || model.split(":")[0] === "scripted") {
    return {usd: 0, basis: `${model}, no model is called`};
  }
  if (nTurns === 0) {
    return {usd: 0, basis: "no turn is played"};
  }
  const measured = parent.costKnown && parent.answered > 0 && parent.costUsd > 0 ? parent.costUsd / parent.answered : null;
  if (measured !== null && parent.model === model) {
    return {usd: measured * nTurns, basis: `the parent's mean of ${parent.answered} turns`};
  }
  const price = perTurn(prices, model);
  if (price === null) {
    return {usd: null, basis: "the price of this model is not known"};
  }
  const parentPrice = perTurn(prices, parent.model);
  if (measured !== null && parentPrice !== null && parentPrice > 0) {
    return {usd: measured * price / parentPrice * nTurns, basis: "the parent's mean, at this model's price"};
  }
  return {usd: price * nTurns, basis: `about ${INPUT_TOKENS + OUTPUT_TOKENS} tokens a turn`};
}

/** An estimate in words: "$0", "about $0.0042", "unknown". */
export function estimateText({usd}) {
  if (usd === null) {
    return "unknown";
  }
  return usd > 0 ? `about ${money(usd)}` : money(usd);
}

function perTurn(prices, model) {
  const price = prices.find(one => one.model === model || `bedrock:${one.model}` === model || `openai:${one.model}` === model);
  return typeof price?.input_usd_per_million !== "number" || typeof price.output_usd_per_million !== "number" ? null
    : (INPUT_TOKENS * price.input_usd_per_million + OUTPUT_TOKENS * price.output_usd_per_million) / 1e6;
}
