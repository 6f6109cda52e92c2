package arena.local.iam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.iam.Statement.Effect;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoleTest {
  private static final String TABLE = Arn.of("dynamodb", "table/runs");

  private static Statement allow(String sid, String action, String... resources) {
    return new Statement(sid, Effect.ALLOW, List.of(action), List.of(resources));
  }

  private static Role role(Statement... statements) {
    return new Role("reader", List.of(statements));
  }

  private static Role.Decision decide(Role role, String action, String resource) {
    return role.decide(new Access(action, resource));
  }

  @ParameterizedTest
  @CsvSource({
    "*, anything, true",
    "*, '', true",
    "'', '', true",
    "'', a, false",
    "a*c, abbbc, true",
    "a*c, ac, true",
    "a*c, acb, false",
    "a*b*c, a-b-b-c, true",
    "a*b*c, a-c-b, false",
    "a?c, abc, true",
    "a?c, ac, false",
    "*aab, aaaaab, true",
    "a**, a, true",
    "a.c, abc, false",
  })
  void matchesWildcardsInTheWholeText(String pattern, String text, boolean matches) {
    assertEquals(matches, Wildcards.matches(pattern, text));
  }

  @Test
  void allowsNothingByDefault() {
    assertInstanceOf(Role.NotAllowed.class, decide(role(), "dynamodb:GetItem", TABLE));
  }

  @Test
  void allowsAnActionInAnyCase() {
    assertInstanceOf(
        Role.Allowed.class,
        decide(role(allow("Read", "DynamoDB:get*", TABLE)), "dynamodb:GetItem", TABLE));
  }

  @Test
  void needsActionAndResourceInOneStatement() {
    Role role =
        role(allow("Read", "dynamodb:GetItem", TABLE), allow("Write", "dynamodb:PutItem", "other"));
    assertInstanceOf(Role.NotAllowed.class, decide(role, "dynamodb:PutItem", TABLE));
    assertInstanceOf(Role.NotAllowed.class, decide(role, "dynamodb:GetItem", "other"));
  }

  @Test
  void matchesNoResourceWhoseNameBeginsAlike() {
    Role role = role(allow("Read", "dynamodb:Query", TABLE));
    assertInstanceOf(Role.NotAllowed.class, decide(role, "dynamodb:Query", TABLE + "-old"));
    assertInstanceOf(Role.NotAllowed.class, decide(role, "dynamodb:QueryAll", TABLE));
  }

  @Test
  void needsARightOfItsIndexForAQueryOfAnIndex() {
    String index = TABLE + "/index/listed";
    assertInstanceOf(
        Role.NotAllowed.class,
        decide(role(allow("Read", "dynamodb:Query", TABLE)), "dynamodb:Query", index));
    Role indexes = role(allow("Read", "dynamodb:Query", TABLE + "/index/*"));
    assertInstanceOf(Role.Allowed.class, decide(indexes, "dynamodb:Query", index));
    assertInstanceOf(Role.NotAllowed.class, decide(indexes, "dynamodb:Query", TABLE));
  }

  @Test
  void deniesWhatAStatementDeniesWhereverItStands() {
    Statement allow = allow("All", "*", "*");
    Statement deny =
        new Statement("NoDelete", Effect.DENY, List.of("dynamodb:Delete*"), List.of("*"));
    for (Role role : List.of(role(allow, deny), role(deny, allow))) {
      assertInstanceOf(Role.Denied.class, decide(role, "dynamodb:DeleteItem", TABLE));
      assertInstanceOf(Role.Allowed.class, decide(role, "dynamodb:GetItem", TABLE));
    }
  }

  @Test
  void namesCallerActionAndResourceInARefusal() {
    Credentials credentials = Credentials.temporary();
    Authorizer authorizer = new Authorizer();
    authorizer.add(role(allow("Read", "dynamodb:GetItem", TABLE)), credentials);
    assertEquals(
        Optional.of(
            "User: arn:aws:sts::000000000000:assumed-role/reader-role/reader is not authorized to"
                + " perform: dynamodb:PutItem on resource: "
                + TABLE
                + " because no identity-based policy allows the dynamodb:PutItem action"),
        authorizer.refusal(
            Optional.of(credentials.accessKeyId()),
            List.of(new Access("dynamodb:GetItem", TABLE), new Access("dynamodb:PutItem", TABLE))));
  }

  @Test
  void revokesAStatementUntilItIsRestored() {
    Authorizer authorizer = new Authorizer();
    authorizer.add(role(allow("Read", "dynamodb:GetItem", TABLE), allow("Sid", "s3:*", "*")));
    List<Access> read = List.of(new Access("dynamodb:GetItem", TABLE));
    Runnable restore = authorizer.revoke("reader", "Read");
    assertTrue(authorizer.refusal("reader", read).isPresent());
    restore.run();
    assertTrue(authorizer.refusal("reader", read).isEmpty());
    assertThrows(IllegalArgumentException.class, () -> authorizer.revoke("reader", "Write"));
  }

  @Test
  void reportsEachRightThatAllowsACall() {
    List<Right> used = new ArrayList<>();
    Authorizer authorizer = new Authorizer(used::add);
    authorizer.add(role(allow("Read", "dynamodb:Get*", "other", TABLE)));
    assertTrue(
        authorizer.refusal("reader", List.of(new Access("dynamodb:GetItem", TABLE))).isEmpty());
    assertEquals(List.of(new Right("reader", "Read", "dynamodb:Get*", TABLE)), used);
  }

  @Test
  void identifiesACallerByTheAccessKeyOfTheSignature() {
    assertEquals(
        Optional.of("ASIAEXAMPLE"),
        Caller.of(
            "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/20260131/us-east-1/dynamodb/aws4_request,"
                + " SignedHeaders=host, Signature=abc"));
    assertEquals(Optional.empty(), Caller.of("Bearer Credential=ASIAEXAMPLE/"));
    assertEquals(Optional.empty(), Caller.of(null));
    assertTrue(new Authorizer().isAdministrator(Optional.empty()));
    assertTrue(new Authorizer().isAdministrator(Optional.of("local")));
  }
}
