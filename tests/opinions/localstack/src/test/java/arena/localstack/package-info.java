/** The state machine on LocalStack: the Maven profile {@code localstack}. */
package arena.localstack;
