/**
 * Status words: the same words and tones everywhere. Pure.
 *
 * @module status
 */

/**
 * @typedef {object} Status
 * @property {string} word
 * @property {"streaming"|"waiting"|"complete"|"closed"|"error"|"stuck"} tone
 * @property {string} detail a few words more; may be empty
 */

/** Status of a row of GET /runs, which is not watched. */
export function rowStatus(row) {
  switch (row.status) {
    case "running":
      return {word: "Streaming", tone: "streaming", detail: ""};
    case "complete":
      return {word: "Complete", tone: "complete", detail: ""};
    case "failed":
      return {word: "Closed", tone: "closed", detail: closedDetail(row, row.n_events) || "failed"};
    default:
      return {word: row.status, tone: "waiting", detail: ""};
  }
}

/**
 * Status of a run in view. "Complete" only when the run is complete and all its events are here.
 *
 * @param {object} run
 * @param {string} run.state of arena-client.js: idle, connecting, Streaming, Complete, Closed, Error
 * @param {object|null} run.row of GET /runs/{run_id}
 * @param {boolean} run.wasStreaming whether events have arrived before
 * @param {Error|null} run.error of the state Error
 * @param {{healthy: boolean, cause: string}|null} run.diagnosis
 * @param {number} run.nEvents events received
 * @returns {Status}
 */
export function runStatus({state, row, wasStreaming, error, diagnosis, nEvents}) {
  switch (state) {
    case "Complete":
      return {word: "Complete", tone: "complete", detail: ""};
    case "Closed":
      return {word: "Closed", tone: "closed", detail: closedDetail(row, nEvents)};
    case "Error":
      return {word: "Error", tone: "error", detail: error?.code === "connection_lost" ? "connection lost" : error?.code ?? ""};
    case "Streaming":
      return diagnosis !== null && !diagnosis.healthy
        ? {word: "Stuck?", tone: "stuck", detail: causeWords(diagnosis.cause)}
        : {word: "Streaming", tone: "streaming", detail: ""};
    case "connecting":
      if (diagnosis !== null && !diagnosis.healthy) {
        return {word: "Stuck?", tone: "stuck", detail: causeWords(diagnosis.cause)};
      }
      return {word: "connecting", tone: "waiting", detail: wasStreaming ? "connection lost, resuming" : ""};
    default:
      return {word: "idle", tone: "waiting", detail: ""};
  }
}

/** A fork has two events before its first turn. */
function closedDetail(row, nEvents) {
  const code = row?.error_code;
  if (nEvents <= 2 && code !== "Stopped") {
    return `ended before its first turn${code === undefined ? "" : ` (${code})`}`;
  }
  return code ?? "";
}

const CAUSES = {
  never_started: "the replay never started",
  model_hangs: "the model does not answer",
  model_throttles: "the model service throttles",
  model_overloaded: "the model service is overloaded",
  model_unreachable: "the model service is unreachable",
  model_refuses: "the model service refuses",
  model_answers_no_actions: "answers without actions",
  failed_before_first_event: "failed before its first event",
  failed_later: "failed in mid-run",
  task_lost: "a turn's task was lost",
  broker_unreachable: "the broker is unreachable",
  broker_lost_data: "the broker lost data",
  connections_exhausted: "broker connections are exhausted",
  readers_not_drained: "a reader does not drain",
  reader_fell_behind: "a reader fell behind",
  execution_ended: "the execution ended early",
  archive_failed: "archiving failed",
};

/** A cause in about five words. */
export function causeWords(cause) {
  return CAUSES[cause] ?? String(cause).replaceAll("_", " ");
}
