/** What plays: a state and a prompt in; actions, reasoning and cost out. */
package arena.agent;
