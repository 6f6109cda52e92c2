package arena.diagnosis;

/**
 * A step that an operator can take.
 *
 * @param action one of {@code wait}, {@code fork}, {@code start}, {@code stop}, {@code reaper},
 *     {@code fix}, {@code resume}, {@code report}, {@code delete_keys}
 * @param why its effect in this case
 * @param costs what it loses, repeats or costs
 * @param command shell command; may be empty
 */
public record NextStep(String action, String why, String costs, String command) {}
