/** Agents: the scripted one, and those that call a model. */
@NullMarked
package arena.agent;

import org.jspecify.annotations.NullMarked;
