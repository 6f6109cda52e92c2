package arena.local.states;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The deployed definition, with its substitutions replaced. */
final class ReplayDefinition {
  static final String REPLAY_TURN = "arn:aws:lambda:us-east-1:000000000000:function:replay-turn";
  static final String FINALIZE_RUN = "arn:aws:lambda:us-east-1:000000000000:function:finalize-run";

  private ReplayDefinition() {}

  static String text() throws IOException {
    return Files.readString(Path.of("../../functions/replay.asl.yaml"))
        .replace("${ReplayTurnFunctionArn}", REPLAY_TURN)
        .replace("${Partition}", "aws")
        .replace("${TurnTimeoutSeconds}", "120")
        .replace("${FinalizeRunFunctionArn}", FINALIZE_RUN);
  }
}
