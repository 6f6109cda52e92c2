package arena.diagnosis;

import arena.codec.Timestamps;

/** Formats a diagnosis for a terminal. */
public final class DiagnosisText {
  private DiagnosisText() {}

  public static String write(Diagnosis diagnosis) {
    StringBuilder text = new StringBuilder();
    Finding main = diagnosis.main();
    Facts facts = diagnosis.facts();
    line(text, "run", facts.runId().value());
    line(text, "status", facts.run().map(run -> run.status().label()).orElse("unknown"));
    line(text, "symptom", main.symptom().description());
    line(text, "cause", "%s (%s)".formatted(main.cause().label(), main.confidence().label()));
    line(text, "", main.summary());
    diagnosis.waitingOn().ifPresent(waiting -> line(text, "waiting", position(waiting)));
    text.append('\n');
    for (Evidence evidence : main.evidence()) {
      line(text, "evidence", evidence.fact() + " = " + evidence.value());
    }
    for (String misfit : diagnosis.doesNotFit()) {
      line(text, "misfit", misfit);
    }
    for (Finding also : diagnosis.also()) {
      line(text, "also", also.cause().label() + ": " + also.summary());
    }
    int number = 1;
    for (NextStep step : diagnosis.nextSteps()) {
      text.append('\n');
      line(text, "step " + number, step.action() + ": " + step.why());
      line(text, "costs", step.costs());
      if (!step.command().isEmpty()) {
        line(text, "command", step.command());
      }
      number++;
    }
    text.append('\n');
    line(text, "at", Timestamps.write(facts.at()));
    return text.toString();
  }

  /** Describes a replay's position on one line. */
  static String position(WaitingOn waiting) {
    String turn = waiting.turn().isPresent() ? ", turn " + waiting.turn().getAsInt() : "";
    String attempt = waiting.attempt() > 1 ? ", attempt " + waiting.attempt() : "";
    String until = waiting.until().map(end -> " until " + Timestamps.write(end)).orElse("");
    return "%s%s, step %s%s%s, for %s"
        .formatted(
            waiting.state(),
            turn,
            waiting.step().label(),
            until,
            attempt,
            FactEvidence.seconds(waiting.waited()));
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append("%-9s ".formatted(name)).append(value).append('\n');
  }
}
