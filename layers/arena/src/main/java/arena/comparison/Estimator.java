package arena.comparison;

import arena.agent.PriceTable;
import arena.agent.Prompts;
import arena.catalog.Catalog;
import arena.comparison.Estimate.Basis;
import arena.comparison.Estimate.Source;
import arena.run.Limits;
import arena.run.Profile;
import arena.run.Run;
import arena.run.RunStatus;
import arena.run.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** Estimates what a comparison takes, from past runs of its profiles, or else from defaults. */
public final class Estimator {
  /**
   * Tokens of an answer, if there is no past run: a short reasoning and a few actions. Models that
   * think at length take ten times as many.
   */
  public static final int DEFAULT_TOKENS_OUT = 300;

  /** Tokens of the line that describes the state, which is about 250 characters long. */
  private static final int STATE_TOKENS = 80;

  /** Characters of English text for each token. */
  private static final int CHARACTERS_PER_TOKEN = 4;

  private final Catalog catalog;

  public Estimator(Catalog catalog) {
    this.catalog = catalog;
  }

  /** Estimates what the cells of a design take. */
  public Estimate estimate(Design design, Budget budget) {
    List<Run> past =
        design.profiles().stream().allMatch(profile -> Profile.isScripted(profile.model()))
            ? List.of()
            : catalog.list(Catalog.Filter.ARCHIVED, Limits.MAX_RUNS_PAGE, Optional.empty()).runs();
    List<Basis> basis = design.profiles().stream().map(profile -> basis(profile, past)).toList();
    double turnsOfEach = (double) design.cells() / basis.size() * design.nTurns();
    long turns = (long) design.cells() * design.nTurns();
    long calls = 0;
    double tokensIn = 0;
    double tokensOut = 0;
    double cost = 0;
    boolean known = true;
    for (Basis one : basis) {
      calls += one.source() == Source.NO_MODEL ? 0 : Math.round(turnsOfEach);
      tokensIn += turnsOfEach * one.tokensInPerTurn();
      tokensOut += turnsOfEach * one.tokensOutPerTurn();
      cost += turnsOfEach * one.costUsdPerTurn();
      known &= PriceTable.isCostKnown(one.model());
    }
    return new Estimate(
        design.cells(),
        turns,
        calls,
        Math.round(tokensIn),
        Math.round(tokensOut),
        cost,
        known,
        budget.allows(cost, turns),
        basis);
  }

  private static Basis basis(Profile profile, List<Run> past) {
    if (Profile.isScripted(profile.model())) {
      return new Basis(profile.name(), profile.model(), Source.NO_MODEL, 0, 0, 0, 0);
    }
    double tokensIn = defaultTokensIn(profile);
    double cost = PriceTable.estimate(profile.model(), Math.round(tokensIn), DEFAULT_TOKENS_OUT);
    List<Run.Summary> runs = new ArrayList<>();
    for (Run run : past) {
      if (run.status() == RunStatus.COMPLETE
          && run.profile().withName(profile.name()).equals(profile)) {
        run.summary().filter(summary -> summary.nTurns() > 0).ifPresent(runs::add);
      }
    }
    if (runs.isEmpty()) {
      return new Basis(
          profile.name(), profile.model(), Source.DEFAULTS, 0, tokensIn, DEFAULT_TOKENS_OUT, cost);
    }
    double turns = runs.stream().mapToInt(Run.Summary::nTurns).sum();
    return new Basis(
        profile.name(),
        profile.model(),
        Source.PAST_RUNS,
        runs.size(),
        reported(runs, Usage::tokensIn).orElse(tokensIn * turns) / turns,
        reported(runs, Usage::tokensOut).orElse(DEFAULT_TOKENS_OUT * turns) / turns,
        runs.stream().mapToDouble(Run.Summary::totalCostUsd).sum() / turns);
  }

  /** Sums a count of the runs' usage; empty if their service does not report it. */
  private static Optional<Double> reported(List<Run.Summary> runs, ToLongFunction<Usage> count) {
    double sum = runs.stream().map(Run.Summary::usage).mapToLong(count).sum();
    return sum > 0 ? Optional.of(sum) : Optional.empty();
  }

  private static double defaultTokensIn(Profile profile) {
    return (double) Prompts.length(profile) / CHARACTERS_PER_TOKEN + STATE_TOKENS;
  }
}
