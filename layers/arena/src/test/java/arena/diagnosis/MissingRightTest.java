package arena.diagnosis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class MissingRightTest {
  @Test
  void namesActionAndResource() {
    assertEquals(
        " Its role lacks the right dynamodb:Query on"
            + " arn:aws:dynamodb:us-east-1:1:table/runs/index/listed; add it to the function's"
            + " policies.",
        MissingRight.sentence(
            "User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform: dynamodb:Query on"
                + " resource: arn:aws:dynamodb:us-east-1:1:table/runs/index/listed because no"
                + " identity-based policy allows the dynamodb:Query action (Service: DynamoDb)"));
  }

  @Test
  void isEmptyForOtherMessages() {
    assertEquals("", MissingRight.sentence("the table does not exist"));
  }
}
