/** Logs of the functions and of the stack, and the API of CloudWatch Logs that reads them. */
package arena.local.log;
