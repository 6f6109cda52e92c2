package arena.local.iam;

import arena.text.Sha256;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Checks the signatures of requests to all services but S3, whose server checks its own: AWS
 * Signature Version 4 in the header {@code Authorization}, as the page "Create a signed AWS API
 * request" of the IAM user guide defines it.
 */
final class SignatureV4 {
  /** How far the time of a request may be from now. */
  static final Duration MAX_SKEW = Duration.ofMinutes(15);

  private static final String ALGORITHM = "AWS4-HMAC-SHA256";
  private static final Pattern AUTHORIZATION =
      Pattern.compile(
          ALGORITHM
              + " +Credential=(?<key>[A-Za-z0-9]{1,128})"
              + "/(?<scope>(?<day>[0-9]{8})/(?<region>[a-z0-9-]{1,40})/(?<service>[a-z0-9-]{1,40})/aws4_request)"
              + ", ?SignedHeaders=(?<headers>[a-z0-9;-]{1,1000}), ?Signature=(?<signature>[0-9a-f]{64})");
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final String UNRESERVED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

  private SignatureV4() {}

  /**
   * Checks a request.
   *
   * @param credentials returns the credentials of an access key
   * @return why it is refused; empty if it is signed with these credentials
   */
  static Optional<AuthenticationFailure> check(
      SignedRequest request, Function<String, Optional<Credentials>> credentials, Instant now) {
    List<String> header = request.headers().apply("authorization");
    if (header.isEmpty()) {
      return Optional.of(AuthenticationFailure.MISSING);
    }
    Matcher signed = AUTHORIZATION.matcher(header.getFirst());
    if (header.size() > 1 || !signed.matches()) {
      return Optional.of(AuthenticationFailure.INVALID_SIGNATURE);
    }
    Optional<Credentials> caller = credentials.apply(signed.group("key"));
    if (caller.isEmpty() || !hasToken(request, caller.get())) {
      return Optional.of(AuthenticationFailure.UNKNOWN_CALLER);
    }
    String time = String.join(",", request.headers().apply("x-amz-date"));
    if (!time.startsWith(signed.group("day")) || !covers(signed.group("headers"))) {
      return Optional.of(AuthenticationFailure.INVALID_SIGNATURE);
    }
    if (!isRecent(time, now)) {
      return Optional.of(AuthenticationFailure.EXPIRED);
    }
    String toSign =
        String.join(
            "\n",
            ALGORITHM,
            time,
            signed.group("scope"),
            hash(utf8(canonical(request, signed.group("headers")))));
    byte[] key = utf8("AWS4" + caller.get().secretAccessKey());
    for (String part :
        List.of(
            signed.group("day"), signed.group("region"), signed.group("service"), "aws4_request")) {
      key = hmac(key, part);
    }
    return MessageDigest.isEqual(
            hmac(key, toSign), HexFormat.of().parseHex(signed.group("signature")))
        ? Optional.empty()
        : Optional.of(AuthenticationFailure.INVALID_SIGNATURE);
  }

  private static boolean hasToken(SignedRequest request, Credentials caller) {
    String token = String.join(",", request.headers().apply("x-amz-security-token"));
    return MessageDigest.isEqual(utf8(token), utf8(caller.sessionToken().orElse("")));
  }

  /** Returns whether the headers are signed that every signature must cover. */
  private static boolean covers(String signedHeaders) {
    return List.of(signedHeaders.split(";", -1)).containsAll(List.of("host", "x-amz-date"));
  }

  private static boolean isRecent(String time, Instant now) {
    try {
      Instant at = TIME.parse(time, Instant::from);
      return Duration.between(at, now).abs().compareTo(MAX_SKEW) <= 0;
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static String canonical(SignedRequest request, String signedHeaders) {
    String headers =
        Stream.of(signedHeaders.split(";", -1))
            .map(name -> name + ":" + value(request, name) + "\n")
            .collect(Collectors.joining());
    return String.join(
        "\n",
        request.method(),
        encoded(request.path(), "/"),
        query(request.query()),
        headers,
        signedHeaders,
        hash(request.body()));
  }

  private static String value(SignedRequest request, String name) {
    return request.headers().apply(name).stream()
        .map(value -> value.strip().replaceAll(" {2,}", " "))
        .collect(Collectors.joining(","));
  }

  private static String query(String query) {
    if (query == null || query.isEmpty()) {
      return "";
    }
    List<String> parameters = new ArrayList<>();
    for (String parameter : query.split("&", -1)) {
      String[] parts = parameter.split("=", 2);
      parameters.add(
          decodedAndEncoded(parts[0])
              + "="
              + (parts.length > 1 ? decodedAndEncoded(parts[1]) : ""));
    }
    return parameters.stream().sorted().collect(Collectors.joining("&"));
  }

  private static String decodedAndEncoded(String text) {
    try {
      return encoded(URLDecoder.decode(text, StandardCharsets.UTF_8), "");
    } catch (IllegalArgumentException e) {
      return text; // matches no signature
    }
  }

  /** Escapes all bytes but those of unreserved and of these characters. */
  private static String encoded(String text, String kept) {
    StringBuilder encoded = new StringBuilder(text.length());
    for (byte one : utf8(text)) {
      char character = (char) (one & 0xff);
      if (UNRESERVED.indexOf(character) >= 0 || kept.indexOf(character) >= 0) {
        encoded.append(character);
      } else {
        encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(one));
      }
    }
    return encoded.toString();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String hash(byte[] bytes) {
    return Sha256.hex(bytes);
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(utf8(text));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }
}
