/** API Gateway: an HTTP API and a WebSocket API on one port, in front of functions. */
package arena.local.gateway;
