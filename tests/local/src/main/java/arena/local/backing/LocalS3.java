package arena.local.backing;

import arena.local.iam.Authorizer;
import arena.logging.JsonLoggers;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.gaul.s3proxy.AccessGrant;
import org.gaul.s3proxy.CrossOriginResourceSharing;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.slf4j.event.Level;

/**
 * An S3 server on 127.0.0.1 that stores buckets as folders.
 *
 * <p>Its clients must use path style, no chunked encoding, and checksums only when required.
 */
public final class LocalS3 implements AutoCloseable {
  /** Largest upload that is not chunked, in bytes: larger than any archive. */
  private static final long MAX_UPLOAD = 1L << 30;

  private static final int MAX_THREADS = 16;

  /** Stands for all origins. */
  private static final String ANY = "*";

  /** The server creates buckets with other names but does not find them afterwards. */
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

  private final BlobStore store;
  private final String accessKeyId;
  private final String secretAccessKey;
  private final Authorizer authorizer;
  private S3Proxy server;
  private Optional<BucketDefinition.Cors> cors = Optional.empty();
  private int port;

  private LocalS3(
      BlobStore store, String accessKeyId, String secretAccessKey, Authorizer authorizer) {
    this.store = store;
    this.accessKeyId = accessKeyId;
    this.secretAccessKey = secretAccessKey;
    this.authorizer = authorizer;
  }

  /**
   * Starts a server; it is ready when this returns.
   *
   * @param folder the folder of the buckets, created if it is missing
   * @param port the port; 0 for any free one
   * @param accessKeyId the access key of its clients
   * @param secretAccessKey the secret of the access key
   * @throws BackingFailed if it does not start
   */
  public static LocalS3 start(Path folder, int port, String accessKeyId, String secretAccessKey) {
    return start(folder, port, accessKeyId, secretAccessKey, new Authorizer());
  }

  /**
   * Starts a server; it is ready when this returns.
   *
   * @param folder the folder of the buckets, created if it is missing
   * @param port the port; 0 for any free one
   * @param accessKeyId the access key of an administrator
   * @param secretAccessKey the secret of the access key
   * @param authorizer decides which requests of others are processed
   * @throws BackingFailed if it does not start
   */
  public static LocalS3 start(
      Path folder, int port, String accessKeyId, String secretAccessKey, Authorizer authorizer) {
    // It would log a stack trace for each rejected or cancelled request.
    JsonLoggers.setLevel("org.gaul", Level.ERROR);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new BackingFailed("cannot create the S3 folder " + folder, e);
    }
    BlobStore store = new FilesystemNio2BlobStore(folder.toAbsolutePath().toString());
    LocalS3 s3 = new LocalS3(store, accessKeyId, secretAccessKey, authorizer);
    try {
      s3.serve(port);
      return s3;
    } catch (BackingFailed e) {
      s3.close();
      throw e;
    }
  }

  private void serve(int wanted) {
    server =
        S3Proxy.builder()
            .blobStore(store)
            .endpoint(URI.create("http://127.0.0.1:" + wanted))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, accessKeyId, secretAccessKey)
            .ignoreUnknownHeaders(true)
            .v4MaxNonChunkedRequestSize(MAX_UPLOAD)
            .jettyMaxThreads(MAX_THREADS)
            // Otherwise a stop waits one to two seconds for connections that clients keep open.
            .stopTimeout(0)
            .corsRules(cors.map(LocalS3::rules).orElseGet(CrossOriginResourceSharing::disabled))
            .build();
    server.setBlobStoreLocator((caller, _, _) -> grant(caller));
    try {
      server.start();
    } catch (Exception e) { // declared by the server
      throw new BackingFailed("cannot start the S3 server on port " + wanted, e);
    }
    port = server.getPort();
  }

  /** Returns the secret of an access key, and what the caller may use; null for an unknown key. */
  private AccessGrant grant(String caller) {
    return authorizer
        .secret(caller)
        .map(secret -> new AccessGrant(secret, AuthorizedBlobs.of(store, authorizer, caller)))
        .orElseGet(
            () -> caller.equals(accessKeyId) ? new AccessGrant(secretAccessKey, store) : null);
  }

  /** Returns its address. */
  public synchronized URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /** Returns whether it accepts connections. */
  public boolean serves() {
    return Sockets.listens(endpoint().getPort());
  }

  /** Closes its socket, as a crash of the server does; {@link #restart} opens it again. */
  public synchronized void crash() {
    stop();
  }

  /**
   * Replaces a server that does not accept connections by a new one with the same address, keys and
   * buckets.
   *
   * @throws BackingFailed if it does not start
   */
  public synchronized void restart() {
    stop();
    serve(port);
  }

  private void stop() {
    try {
      server.stop();
    } catch (Exception e) { // declared by the server
      throw new BackingFailed("the S3 server did not stop", e);
    }
  }

  /** The server takes origins as regular expressions. */
  private static CrossOriginResourceSharing rules(BucketDefinition.Cors cors) {
    List<String> origins =
        cors.origins().stream()
            .map(origin -> origin.equals(ANY) ? ANY : Pattern.quote(origin))
            .toList();
    return new CrossOriginResourceSharing(
        origins, cors.methods(), cors.headers(), cors.exposed(), "");
  }

  /**
   * Creates a bucket unless it exists. A new CORS rule replaces that of all buckets, and the
   * connections of its clients are closed.
   */
  public synchronized void create(BucketDefinition bucket) {
    createBucket(bucket.name());
    if (!bucket.cors().equals(cors)) {
      cors = bucket.cors();
      restart();
    }
  }

  /**
   * Creates a bucket unless it exists.
   *
   * @param name 3 to 63 lower-case letters, digits, dots and hyphens, by the rules of S3
   */
  public void createBucket(String name) {
    if (!BUCKET.matcher(name).matches()) {
      throw new IllegalArgumentException("the bucket name " + name + " is invalid");
    }
    if (!store.containerExists(name)) {
      store.createContainer(name);
    }
  }

  /** Stops the server; its buckets remain. Idempotent. */
  @Override
  public synchronized void close() {
    try {
      stop();
    } finally {
      store.close();
    }
  }
}
