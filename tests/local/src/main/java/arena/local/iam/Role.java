package arena.local.iam;

import arena.local.iam.Statement.Effect;
import java.util.ArrayList;
import java.util.List;

/**
 * The role of a function or of a state machine.
 *
 * @param holder the name of the function or state machine
 * @param statements the statements of its policies
 */
public record Role(String holder, List<Statement> statements) {
  /** Whether a call is allowed. */
  public sealed interface Decision permits Allowed, Denied, NotAllowed {}

  /** A statement allows the call. */
  public record Allowed(Right by) implements Decision {}

  /** A statement denies the call, also if others allow it. */
  public record Denied() implements Decision {}

  /** No statement allows the call. */
  public record NotAllowed() implements Decision {}

  /** Copies the statements. */
  public Role {
    statements = List.copyOf(statements);
  }

  /** Returns the ARN of the session in which the holder acts, as messages name it. */
  String session() {
    return "arn:aws:sts::000000000000:assumed-role/" + holder + "-role/" + holder;
  }

  /**
   * Returns whether the role may make a call: denied if any statement denies it, or none allows.
   */
  public Decision decide(Access access) {
    Decision decision = new NotAllowed();
    for (Statement statement : statements) {
      for (Right right : rights(statement)) {
        if (Wildcards.matchesAction(right.action(), access.action())
            && Wildcards.matches(right.resource(), access.resource())) {
          if (statement.effect() == Effect.DENY) {
            return new Denied();
          }
          if (decision instanceof NotAllowed) {
            decision = new Allowed(right);
          }
        }
      }
    }
    return decision;
  }

  /** Returns the rights that the role has, regardless of statements that deny. */
  public List<Right> rights() {
    return statements.stream()
        .filter(statement -> statement.effect() == Effect.ALLOW)
        .flatMap(statement -> rights(statement).stream())
        .toList();
  }

  private List<Right> rights(Statement statement) {
    List<Right> rights = new ArrayList<>();
    for (String action : statement.actions()) {
      for (String resource : statement.resources()) {
        rights.add(new Right(holder, statement.sid(), action, resource));
      }
    }
    return rights;
  }
}
