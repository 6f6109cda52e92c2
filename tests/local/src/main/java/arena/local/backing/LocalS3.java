package arena.local.backing;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/**
 * An S3 server on 127.0.0.1 that stores buckets as folders.
 *
 * <p>Its clients must use path style, no chunked encoding, and checksums only when required.
 */
public final class LocalS3 implements AutoCloseable {
  /** Largest upload that is not chunked, in bytes: larger than any archive. */
  private static final long MAX_UPLOAD = 1L << 30;

  private static final int MAX_THREADS = 16;

  /** The server creates buckets with other names but does not find them afterwards. */
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

  private final BlobStore store;
  private final S3Proxy server;

  private LocalS3(BlobStore store, S3Proxy server) {
    this.store = store;
    this.server = server;
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
    // It would log a stack trace for each rejected or cancelled request.
    Configurator.setLevel("org.gaul", Level.ERROR);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new BackingFailed("cannot create the S3 folder " + folder, e);
    }
    BlobStore store = new FilesystemNio2BlobStore(folder.toAbsolutePath().toString());
    S3Proxy server =
        S3Proxy.builder()
            .blobStore(store)
            .endpoint(URI.create("http://127.0.0.1:" + port))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, accessKeyId, secretAccessKey)
            .ignoreUnknownHeaders(true)
            .v4MaxNonChunkedRequestSize(MAX_UPLOAD)
            .jettyMaxThreads(MAX_THREADS)
            .build();
    LocalS3 s3 = new LocalS3(store, server);
    try {
      server.start();
      return s3;
    } catch (Exception e) { // declared by the server
      s3.close();
      throw new BackingFailed("cannot start the S3 server on port " + port, e);
    }
  }

  /** Returns its address. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getPort());
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
  public void close() {
    try {
      server.stop();
    } catch (Exception e) { // declared by the server
      throw new BackingFailed("the S3 server did not stop", e);
    } finally {
      store.close();
    }
  }
}
