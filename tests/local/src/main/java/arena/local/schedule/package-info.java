/** EventBridge: invokes functions at the times that schedules name. */
package arena.local.schedule;
