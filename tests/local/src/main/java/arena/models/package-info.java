/**
 * A model service for tests: a local server with Amazon Bedrock's Converse API and the
 * OpenAI-compatible chat completions API, and their documented responses and errors.
 */
package arena.models;
