package arena.diagnosis;

import arena.codec.Timestamps;
import arena.text.PlainText;
import arena.text.Redactor;

/** Formats a diagnosis for a terminal. A value is redacted, clean, and stays on its line. */
public final class DiagnosisText {
  private final StringBuilder text = new StringBuilder();
  private final Redactor redactor;

  private DiagnosisText(Redactor redactor) {
    this.redactor = redactor;
  }

  public static String write(Diagnosis diagnosis, Redactor redactor) {
    return new DiagnosisText(redactor).write(diagnosis);
  }

  private String write(Diagnosis diagnosis) {
    Finding main = diagnosis.main();
    Facts facts = diagnosis.facts();
    value("run", facts.runId().value());
    value("status", facts.run().map(run -> run.status().label()).orElse("unknown"));
    value("symptom", main.symptom().description());
    value("cause", "%s (%s)".formatted(main.cause().label(), main.confidence().label()));
    value("", main.summary());
    diagnosis.waitingOn().ifPresent(waiting -> value("waiting", position(waiting)));
    text.append('\n');
    for (Evidence evidence : main.evidence()) {
      value("evidence", evidence.fact() + " = " + evidence.value());
    }
    for (String misfit : diagnosis.doesNotFit()) {
      value("misfit", misfit);
    }
    for (Finding also : diagnosis.also()) {
      value("also", also.cause().label() + ": " + also.summary());
    }
    int number = 1;
    for (NextStep step : diagnosis.nextSteps()) {
      text.append('\n');
      value("step " + number, step.action() + ": " + step.why());
      value("costs", step.costs());
      if (!step.command().isEmpty()) {
        line("command", PlainText.clean(step.command()));
      }
      number++;
    }
    text.append('\n');
    value("at", Timestamps.write(facts.at()));
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

  private void value(String name, String value) {
    line(name, PlainText.line(redactor.redact(value)));
  }

  private void line(String name, String value) {
    text.append("%-9s ".formatted(name)).append(value).append('\n');
  }
}
