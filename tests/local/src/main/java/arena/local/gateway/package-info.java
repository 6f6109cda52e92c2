/** Stands in for API Gateway: an HTTP API and a WebSocket API on one port. */
package arena.local.gateway;
