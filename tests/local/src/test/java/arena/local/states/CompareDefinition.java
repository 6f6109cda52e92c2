package arena.local.states;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The deployed definition that plays comparisons, with its substitutions replaced. */
final class CompareDefinition {
  static final String PLAY_CELL = "arn:aws:lambda:us-east-1:000000000000:function:play-cell";
  static final String REPLAY = "arn:aws:states:us-east-1:000000000000:stateMachine:child";

  private CompareDefinition() {}

  static String text() throws IOException {
    return Files.readString(Path.of("../../functions/compare.asl.yaml"))
        .replace("${PlayCellFunctionArn}", PLAY_CELL)
        .replace("${ReplayStateMachineArn}", REPLAY)
        .replace("${Partition}", "aws");
  }
}
