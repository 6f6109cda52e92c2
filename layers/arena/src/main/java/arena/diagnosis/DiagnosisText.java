package arena.diagnosis;

import arena.codec.Timestamps;

/** A diagnosis for a terminal. */
public final class DiagnosisText {
  private DiagnosisText() {}

  /** The diagnosis as lines of text. */
  public static String write(Diagnosis diagnosis) {
    StringBuilder text = new StringBuilder();
    Finding main = diagnosis.main();
    Facts facts = diagnosis.facts();
    line(text, "run", facts.runId());
    line(text, "status", facts.run().map(run -> run.status().label()).orElse("unknown"));
    line(text, "seen", main.symptom().words());
    line(text, "cause", "%s (%s)".formatted(main.cause().label(), main.confidence().label()));
    line(text, "", main.summary());
    diagnosis.waitingOn().ifPresent(waiting -> line(text, "waits", waits(waiting)));
    text.append('\n');
    for (Evidence evidence : main.evidence()) {
      line(text, "evidence", evidence.fact() + " = " + evidence.value());
    }
    for (String misfit : diagnosis.doesNotFit()) {
      line(text, "unfit", misfit);
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
        line(text, "type", step.command());
      }
      number++;
    }
    text.append('\n');
    line(text, "at", Timestamps.write(facts.at()));
    return text.toString();
  }

  /** Where a replay is, on one line. */
  static String waits(WaitingOn waiting) {
    String turn = waiting.turn().isPresent() ? ", turn " + waiting.turn().getAsInt() : "";
    String attempt = waiting.attempt() > 1 ? ", attempt " + waiting.attempt() : "";
    return "%s%s, at the step %s%s, for %s"
        .formatted(
            waiting.state(),
            turn,
            waiting.step().label(),
            attempt,
            FactEvidence.seconds(waiting.waited()));
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append("%-9s ".formatted(name)).append(value).append('\n');
  }
}
