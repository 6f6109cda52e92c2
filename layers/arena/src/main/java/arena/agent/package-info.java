/** Agents: the scripted one, and those that call a model. */
package arena.agent;
