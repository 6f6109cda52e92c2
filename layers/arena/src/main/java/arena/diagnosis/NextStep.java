package arena.diagnosis;

/**
 * Something that an operator can do.
 *
 * @param action what, in one word: {@code wait}, {@code fork}, {@code start}, {@code stop}, {@code
 *     reaper}, {@code fix}, {@code resume}, {@code report}, {@code delete_keys}
 * @param why what it does here, in a sentence
 * @param costs what is lost, repeated or paid by it
 * @param command what to type into a shell; empty when there is nothing to type
 */
public record NextStep(String action, String why, String costs, String command) {}
