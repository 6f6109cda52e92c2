package arena.local.iam;

/** Why a request is not that of a known caller. */
public enum AuthenticationFailure {
  /** The request is not signed. */
  MISSING("MissingAuthenticationTokenException", "Missing Authentication Token"),
  /** The access key or the session token is not known. */
  UNKNOWN_CALLER(
      "UnrecognizedClientException", "The security token included in the request is invalid."),
  /** The signature is not that of the access key's secret. */
  INVALID_SIGNATURE(
      "InvalidSignatureException",
      "The request signature we calculated does not match the signature you provided."),
  /** The request was signed long ago, or has a time in the future. */
  EXPIRED("InvalidSignatureException", "Signature expired");

  private final String type;
  private final String message;

  AuthenticationFailure(String type, String message) {
    this.type = type;
    this.message = message;
  }

  /** Returns the name of the exception of AWS. */
  public String type() {
    return type;
  }

  /** Returns the message of AWS, which names neither keys nor signatures. */
  public String message() {
    return message;
  }
}
