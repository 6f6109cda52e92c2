/** Stands in for EventBridge rules: invokes functions on a schedule. */
package arena.local.schedule;
