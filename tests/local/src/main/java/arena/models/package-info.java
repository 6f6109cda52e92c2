/**
 * A model for tests: a local server that speaks Amazon Bedrock's Converse API and the
 * OpenAI-compatible chat completions API, with their documented answers and errors.
 */
package arena.models;
